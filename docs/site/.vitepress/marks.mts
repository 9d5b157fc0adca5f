import type MarkdownIt from 'markdown-it'

/** What is said of a block of code that no test runs. It is the last word of its info string: ```sh not-run */
const words = { en: 'Not run by a test', ja: 'テストでは動かしていません' }

export function marks(md: MarkdownIt): void {
  const isJapanese = (env: { relativePath?: string }) => String(env.relativePath).startsWith('ja/')
  // In Japanese a line of the source that ends is no space.
  md.renderer.rules.softbreak = (_tokens, _index, _options, env) => (isJapanese(env) ? '' : '\n')
  const fence = md.renderer.rules.fence!
  md.renderer.rules.fence = (tokens, index, options, env, self) => {
    const block = fence(tokens, index, options, env, self)
    if (!/\bnot-run\b/.test(tokens[index].info)) return block
    return `<div class="not-run">${block}<p>${isJapanese(env) ? words.ja : words.en}</p></div>`
  }
}
