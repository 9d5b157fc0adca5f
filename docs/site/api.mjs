// The reference of the .NET packages, from the documents in their code: docs/api, which is kept out of git, and is in the site when it is
// there. It needs the projects built in Release, and docfx, which .NET fetches.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const docs = join(import.meta.dirname, '..')
const made = join(docs, 'api')
const projects = ['Core', 'Server', 'Client', 'Discovery', 'SocketIO', 'Pusher', 'Ably', 'Sqlite', 'Redis']
const work = mkdtempSync(join(tmpdir(), 'kodama-api-'))
const assemblies = projects.map(name => `Kodama.${name}/bin/Release/net10.0/Kodama.${name}.dll`)
const metadata = [{ src: [{ src: join(docs, '../src'), files: assemblies }], output: join(work, 'api'), outputFormat: 'markdown' }]
writeFileSync(join(work, 'docfx.json'), JSON.stringify({ metadata }))
const docfx = ['tool', 'execute', 'docfx@2.81.0', '--yes', 'metadata', join(work, 'docfx.json'), '--logLevel', 'error']
execFileSync('dotnet', docfx, { stdio: 'inherit' })

rmSync(made, { recursive: true, force: true })
mkdirSync(made)
const pages = readdirSync(join(work, 'api')).filter(name => name.endsWith('.md'))
const isPage = new Set(pages.map(name => name.slice(0, -3)))
for (const page of pages) writeFileSync(join(made, page), mend(readFileSync(join(work, 'api', page), 'utf8')))
const namespaces = pages.filter(page => /^# .*Namespace /m.test(readFileSync(join(work, 'api', page), 'utf8')))
const list = namespaces.map(page => `- [${page.slice(0, -3)}](${page})`).join('\n')
writeFileSync(join(made, 'index.md'), `# API of the .NET packages\n\nMade from the documents in the code.\n\n${list}\n`)
rmSync(work, { recursive: true })

/** References that docfx has left become links or code, tags of code become marks; members are told on the page of their type. */
function mend(text) {
  const plain = { '&lt;': '<', '&gt;': '>', '&amp;': '&', '&quot;': '"' }
  text = text.replaceAll(/<code>([^<`]*)<\/code>/g, (_, code) => `\`${code.replaceAll(/&\w+;/g, entity => plain[entity] ?? entity)}\``)
  return text.replaceAll(/<xref href="([^"]+)"[^>]*><\/xref>/g, (_, reference) => {
    const name = decodeURIComponent(reference).replace(/\(.*/, '')
    const short = name.split('.').slice(isPage.has(name) ? -1 : -2).join('.').replace(/`+\d+/g, '')
    for (let type = name; type; type = type.split('.').slice(0, -1).join('.'))
      if (isPage.has(type.replaceAll('`', '-')) && type.includes('.')) return `[${short}](${type.replaceAll('`', '-')}.md)`
    return `\`${short}\``
  })
}
