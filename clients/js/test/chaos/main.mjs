/**
 * Speakers of tests/Kodama.Chaos, in this process or in pages of Chromium: `node main.mjs node|pages`. The first line of the standard input
 * has who they are; then each line is what all of them do. What happens is told by lines of JSON.
 */
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";
import { WebSocket } from "ws";
import { connect } from "../../dist/kodama.js";
import { Speaker } from "./speaker.mjs";

const tell = line => process.stdout.write(`${line}\n`);

async function* pages(settings) {
  const source = await readFile(new URL("./speaker.mjs", import.meta.url), "utf8");
  const args = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update"];
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args });
  for (const setting of settings) {
    const page = await (await browser.newContext()).newPage();
    page.setDefaultTimeout(240_000);
    await page.exposeFunction("tell", tell);
    await page.goto(new URL("/health", setting.address.replace("ws", "http")).href);
    const content = `import { connect } from "/kodama.js"; ${source}; speaker = new Speaker(connect, ${JSON.stringify(setting)}, tell);`;
    await page.addScriptTag({ type: "module", content: `globalThis.speaker = undefined; ${content}` });
    await page.waitForFunction(() => globalThis.speaker);
    yield action => page.evaluate(action => globalThis.speaker[action](), action);
  }
}

async function* here(settings) {
  for (const setting of settings) {
    const speaker = new Speaker(connect, setting, tell, { WebSocket });
    yield action => speaker[action]();
  }
}

let speakers;
for await (const line of createInterface({ input: process.stdin })) {
  if (!speakers) {
    speakers = [];
    for await (const act of (process.argv[2] === "pages" ? pages : here)(JSON.parse(line))) speakers.push(act);
    continue;
  }
  for (const act of speakers) act(line)?.catch(error => console.error(`${line}: ${error.stack}`));
}
process.exit();
