// The site is built without dead links, is whole, and asks nobody else for anything.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { before, test } from 'node:test'
import { hasBrowser, look } from './browser.mjs'
import { docs, files, pages, read, root, site } from './pages.mjs'

const dist = 'docs/site/.vitepress/dist'
let built

before(() => {
  const build = ['node_modules/vitepress/bin/vitepress.js', 'build']
  execFileSync(process.execPath, build, { cwd: site, stdio: ['ignore', 'ignore', 'inherit'] })
  // What docfx makes, where it was made, is its own affair.
  built = files(dist, '.html', path => path === `${dist}/api`).map(path => ({ path, text: read(path) }))
})

test('Every page has become one', () => {
  for (const page of pages) assert.ok(existsSync(join(root, dist, page.slice(5).replace(/\.md$/, '.html'))), page)
})

test('Every link leads to a page, and to a heading that is there', () => {
  const ids = new Map(built.map(({ path, text }) => [path, new Set([...text.matchAll(/\bid="([^"]+)"/g)].map(match => match[1]))]))
  for (const { path, text } of built) {
    for (const [, href] of text.matchAll(/<a\b[^>]*? href="([^"]+)"/g)) {
      if (/^[a-z]+:/.test(href)) continue
      const [address, anchor] = href.split('#')
      const to = target(path, decodeURI(address))
      assert.ok(existsSync(join(root, to)), `${path}: ${href}`)
      if (anchor && ids.has(to)) assert.ok(ids.get(to).has(decodeURIComponent(anchor)), `${path}: ${href} has no such heading`)
    }
  }
})

test('Nothing comes from elsewhere', () => {
  for (const { path, text } of built)
    for (const [tag, address] of text.matchAll(/<(?:link|script|img|source|iframe)\b[^>]*? (?:href|src|srcset)="([^"]+)"/g))
      assert.ok(!/^(https?:)?\/\//.test(address), `${path}: ${tag}`)
  for (const path of files(dist, '.css')) assert.ok(!/url\(["']?(https?:)?\/\//.test(read(path)), path)
})

test('In a browser what is said is found, in Japanese too, and nobody else is asked', { skip: !hasBrowser && 'no Chromium' }, () =>
  look(join(root, dist), async (page, address) => {
    const wrong = []
    page.on('pageerror', error => wrong.push(error.message))
    page.on('request', request => request.url().startsWith(address) || wrong.push(request.url()))
    for (const [path, word, heading] of [['/', 'presence', 'Presence'], ['/ja/what.html', '展示', '展示ガイド']]) {
      await page.goto(address + path, { waitUntil: 'commit' })
      await page.waitForFunction(() => document.querySelector('#app')?.__vue_app__)
      await page.locator('.DocSearch-Button').first().click()
      await page.locator('#localsearch-input').fill(word)
      await page.locator('#localsearch-list li', { hasText: heading }).first().waitFor()
    }
    assert.deepEqual(wrong, [])
  }))

test('On a phone no page is wider than the screen', { skip: !hasBrowser && 'no Chromium' }, () =>
  look(join(root, dist), async (page, address) => {
    await page.setViewportSize({ width: 390, height: 844 })
    // Blocks that are indented get no box of VitePress's.
    for (const { path } of built.filter(({ text }) => text.includes('<pre><code>'))) {
      await page.goto(address + path.slice(dist.length), { waitUntil: 'load' })
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 390, path)
    }
  }))

test('Every page is in the sidebar', async () => {
  const written = readFileSync(join(site, '.vitepress/pages.mts'), 'utf8')
  for (const page of pages.map(page => page.slice(5, -3))) {
    if (/(^|\/)index$/.test(page) || /^decisions\/\d/.test(page)) continue
    assert.ok(written.includes(`'${page}'`), `${page}: add a line to .vitepress/pages.mts`)
  }
})

test('What is in Japanese is in English too', () => {
  for (const page of pages.filter(page => page.startsWith('docs/ja/')))
    assert.ok(existsSync(join(docs, page.slice('docs/ja/'.length))), page)
})

function target(from, address) {
  if (!address) return from
  const path = address.startsWith('/') ? join(dist, address) : join(dirname(from), address)
  if (existsSync(join(root, path)) && statSync(join(root, path)).isDirectory()) return join(path, 'index.html')
  return existsSync(join(root, path)) ? path : `${path}.html`
}
