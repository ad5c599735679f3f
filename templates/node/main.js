import { greeting } from './greeting.js'

console.log(greeting(`Node.js ${process.versions.node}`))
