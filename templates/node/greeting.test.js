import assert from 'node:assert'
import test from 'node:test'
import { greeting } from './greeting.js'

test('a greeting names whom it is from', () => {
  assert.match(greeting('Ada'), /Ada/)
})
