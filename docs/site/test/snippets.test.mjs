// Code that people copy is taken from a file that a test runs, or says that it is not. Commands name what there is.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { blocks, files, pages, read, root } from './pages.mjs'

const isMarked = block => /\bnot-run\b/.test(block.info)
const all = ['README.md', ...pages, ...files('samples', 'README.md')].flatMap(blocks)
const tests = files('tests', '.cs', path => /\/(bin|obj)$/.test(path)).map(path => ({ path, text: read(path) }))

/** A sample is run by tests that name its folder or file; what the tests compile and packages are made of is run too. */
function isRun(file) {
  if (file.startsWith('packaging/docker/')) return false
  if (/^(tests|templates|packaging|clients\/js\/test)\//.test(file)) return true
  const [, sample, name] = file.match(/^samples\/([^/]+)\/(.+)$/) ?? []
  if (!sample) return false
  // Folders of programs that are started alone: each by its own name.
  const wanted = ['Hello', 'PythonClient'].includes(sample) ? name.split('/').pop() : sample
  return tests.some(({ text }) => text.includes(`"${wanted}"`) || text.includes(`/${wanted}"`) || text.includes(`/${wanted}/`))
}

const plain = text => text.split('\n').map(line => line.trim()).filter(line => line).join('\n')

test('There are blocks', () => assert.ok(all.length > 50, `${all.length}`))

for (const block of all) {
  const file = block.file ?? block.from
  if (file) {
    test(`${block.where} shows ${file}`, () => {
      assert.ok(existsSync(join(root, file)), `${file} is not there`)
      if (block.text) assert.ok(plain(read(file)).includes(plain(block.text)), `${file} does not hold what is shown`)
      assert.ok(isMarked(block) || isRun(file), `no test runs ${file}: mark it with {... not-run}, or let one`)
    })
  } else if (!isMarked(block)) {
    test(`${block.where} has commands that there are`, () => {
      assert.match(block.info, /^(sh|text)$/, 'include a file, write "<!-- from: FILE -->" before it, or "not-run" behind its fence')
      if (block.info === 'sh') for (const line of commands(block.text)) check(line)
    })
  }
}

test('Files that are not run are marked as such', () => {
  for (const block of all.filter(isMarked).filter(block => block.file ?? block.from))
    assert.ok(!isRun(block.file ?? block.from), `${block.where}: a test runs ${block.file ?? block.from}`)
})

/** Lines of a shell, without comments, with those that go on joined. */
function commands(text) {
  return text.replaceAll(/\\\n\s*/g, ' ').split('\n').map(line => line.replace(/(^|\s)#.*$/, '').trim()).filter(line => line)
}

/** `kodama` must have the command and its options; the rest are commands that everybody has, and paths that are there. */
function check(line) {
  for (const part of line.split(/&&|\|/).map(part => part.trim())) {
    const words = part.match(/'[^']*'|"[^"]*"|\S+/g) ?? []
    while (/^\w+=/.test(words[0] ?? '')) words.shift()
    if (words.join(' ').startsWith('dotnet run --project src/Kodama.Cli --')) words.splice(0, 5, 'kodama')
    if (words[0] === 'sudo') words.shift()
    const [program, first] = words
    if (program === 'kodama') checkKodama(words.slice(1), line)
    else if (program === 'cd') assert.ok(first === '..' || existsSync(join(root, first)), `${first} is not there: ${line}`)
    else if (program === 'dotnet' && first === 'run') {
      const project = words[words.indexOf('--project') + 1]
      assert.ok(existsSync(join(root, project)), `${project} is not there: ${line}`)
    } else if (program === './test.sh' || program === './publish.sh') assert.ok(existsSync(join(root, program)))
    else assert.ok(['npm', 'echo', 'curl', 'python3', 'man', 'source'].includes(program), `not known here: ${line}`)
  }
}

const help = new Map()

function checkKodama(words, line) {
  const path = []
  while (/^[a-z]+$/.test(words[0] ?? '') && (path.length === 0 || ['service', 'token'].includes(path[0]))) path.push(words.shift())
  const end = words.indexOf('--')
  const own = end < 0 ? words : words.slice(0, end)
  if (end >= 0) checkKodama(['serve', ...words.slice(end + 1)], line)
  const key = path.join(' ')
  if (!help.has(key)) help.set(key, ask(path))
  for (const word of own.filter(word => word.startsWith('-')))
    assert.ok(new RegExp(`(^|[ ,])${word.split('=')[0]}[ ,\\n]`, 'm').test(help.get(key)), `kodama ${key} has no ${word}: ${line}`)
}

function ask(path) {
  const program = join(root, 'src/Kodama.Cli/bin', process.env.CONFIGURATION ?? 'Release', 'net10.0/kodama.dll')
  const text = execFileSync('dotnet', [program, ...path, '--help'], { encoding: 'utf8' })
  if (path.length) assert.match(text, new RegExp(`kodama ${path.join(' ')}`))
  return text
}
