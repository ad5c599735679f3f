// Build the page: build/index.html, with the title in place. %words% is the server's.
const fs = require('node:fs')
const path = require('node:path')

const page = fs.readFileSync(path.join(__dirname, 'index.html'), 'utf8')
const folder = path.join(__dirname, '..', 'build')
fs.mkdirSync(folder, { recursive: true })
fs.writeFileSync(path.join(folder, 'index.html'), page.replace('%title%', 'A first page'))
