import { dirname, join, relative } from 'node:path'
import type MarkdownIt from 'markdown-it'
import { docs } from './pages.mts'

/** Where files of the repository can be read, if that is known: then what lies outside of docs/ is linked, else its path is told. */
const repository = process.env.KODAMA_REPOSITORY?.replace(/\/?$/, '/')

/** Links to files outside of docs/, which are no pages of the site. */
export function links(md: MarkdownIt): void {
  const render = md.renderer.renderToken.bind(md.renderer)
  md.core.ruler.push('links-outside', state => {
    for (const inline of state.tokens.filter(token => token.type === 'inline')) {
      let isOutside = false
      for (const token of inline.children ?? []) {
        if (token.type === 'link_close' && isOutside) {
          token.tag = repository ? 'a' : 'span'
          isOutside = false
        }
        if (token.type !== 'link_open') continue
        const href = token.attrGet('href') ?? ''
        if (/^([a-z]+:|#|\/)/i.test(href)) continue
        const path = relative(join(docs, '..'), join(docs, dirname(state.env.relativePath ?? ''), decodeURI(href)))
        if (path.startsWith('docs/')) continue
        isOutside = true
        if (repository) token.attrSet('href', repository + path)
        else {
          token.tag = 'span'
          token.type = 'outside_open'
          token.attrs = [['class', 'outside'], ['title', `${path.replace(/#.*/, '')} in the repository`]]
        }
      }
    }
  })
  md.renderer.rules.outside_open = (tokens, index, options) => render(tokens, index, options)
}
