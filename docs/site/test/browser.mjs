import { createReadStream, existsSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { extname, join } from 'node:path'
import { root } from './pages.mjs'

const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.png': 'image/png' }
const chromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync)

export const hasBrowser = chromium !== undefined

/** The folder at an address of this machine, and Chromium before it. Ends both when `look` has ended. */
export async function look(folder, see) {
  const server = createServer((request, response) => {
    const path = join(folder, decodeURIComponent(new URL(request.url, 'http://here').pathname))
    const file = existsSync(path) && statSync(path).isDirectory() ? join(path, 'index.html') : path
    if (!existsSync(file)) return response.writeHead(404).end()
    response.writeHead(200, { 'Content-Type': types[extname(file)] ?? 'application/octet-stream' })
    createReadStream(file).pipe(response)
  })
  await new Promise(listening => server.listen(0, '127.0.0.1', listening))
  const address = `http://127.0.0.1:${server.address().port}`
  const { chromium: playwright } = createRequire(join(root, 'clients/js/package.json'))('playwright-core')
  const browser = await playwright.launch({ executablePath: chromium, args: ['--no-sandbox'] })
  try {
    const page = await browser.newPage()
    // A busy machine takes its time.
    page.setDefaultTimeout(120_000)
    await see(page, address)
  } finally {
    await browser.close()
    server.close()
  }
}
