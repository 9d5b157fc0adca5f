import { existsSync } from "node:fs";
import { afterAll, afterEach, beforeAll } from "vitest";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

const executablePath = "/usr/bin/chromium";
// Quiet: nothing but what a page itself asks for leaves the browser.
const args = [
  "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
];

let browser: Browser;
const contexts: BrowserContext[] = [];

/** Chromium for the tests of a file. */
export function useChromium(): void {
  beforeAll(async () => {
    if (!existsSync(executablePath)) throw new Error(`${executablePath} is missing: install chromium.`);
    browser = await chromium.launch({ executablePath, args });
  });
  afterEach(async () => {
    await Promise.all(contexts.splice(0).map(context => context.close()));
  });
  afterAll(() => browser?.close());
}

/** A page in a profile of its own. It must really come from where it is: Chromium keeps others out of the local network. */
export async function open(url: string): Promise<Page> {
  const context = await browser.newContext();
  contexts.push(context);
  const page = await context.newPage();
  await page.goto(url);
  return page;
}

/** Imports the client from a hub into the page, as `kodama`. */
export async function load(page: Page, hub: string): Promise<void> {
  const content = `import * as kodama from "${hub}/kodama.js"; globalThis.kodama = kodama;`;
  await page.addScriptTag({ type: "module", content });
  await page.waitForFunction(() => "kodama" in globalThis);
}
