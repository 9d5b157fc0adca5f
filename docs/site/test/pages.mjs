import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

export const site = join(import.meta.dirname, '..')
export const root = join(site, '../..')
export const docs = join(root, 'docs')

export const read = path => readFileSync(join(root, path), 'utf8')

/** Files below a folder of the repository whose names end so, by their paths in the repository. */
export function files(folder, ending, except = () => false) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap(entry => {
    const path = `${folder}/${entry.name}`
    if (entry.name === 'node_modules' || except(path)) return []
    if (entry.isDirectory()) return files(path, ending, except)
    return entry.name.endsWith(ending) ? [path] : []
  })
}

/** The pages of the site; what docfx has made is none that somebody wrote. */
export const pages = files('docs', '.md', path => path === 'docs/site' || path === 'docs/api')

/** Blocks of code of a page: fences and included files, with what stands behind the fence, and the comment before it. */
export function blocks(path) {
  const found = []
  const lines = read(path).split('\n')
  for (let i = 0; i < lines.length; i++) {
    const where = `${path}:${i + 1}`
    const before = lines[i - 1] ?? ''
    const included = lines[i].match(/^\s*<<< @\/(\S+?)(?:\{(.*)\})?$/)
    if (included) found.push({ where, info: included[2] ?? '', file: relative(root, join(docs, included[1])) })
    const fence = lines[i].match(/^( *)(```+)(.*)$/)
    if (!fence) continue
    const end = lines.findIndex((line, at) => at > i && line.trim() === fence[2])
    const from = before.match(/^\s*<!-- from: (\S+) -->$/)?.[1]
    found.push({ where, info: fence[3], from, text: lines.slice(i + 1, end).join('\n') })
    i = end
  }
  return found
}
