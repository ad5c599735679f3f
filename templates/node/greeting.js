export const greeting = (name) => `hello from ${name}`
