import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Page } from "playwright-core";
import type * as Kodama from "../../src/index";
import { load, open, useChromium } from "../support/chromium";
import { HubProcess } from "../support/hub-process";
import { PageServer } from "../support/page-server";
import { Proxy } from "../support/proxy";

let hub: HubProcess;
let allowed: PageServer;
let stranger: PageServer;

useChromium();
beforeAll(async () => {
  [allowed, stranger] = await Promise.all([PageServer.start(), PageServer.start()]);
  hub = await HubProcess.start(`--origin=${allowed.origin}`);
});
afterAll(async () => {
  allowed.stop();
  stranger.stop();
  await hub.kill();
});

declare global {
  var kodama: typeof Kodama;
  var hub: Kodama.Hub;
  var room: Kodama.Room;
  var heard: unknown[];
}

const address = (port: number) => `http://127.0.0.1:${port}`;

/** A page that has imported the client from a hub: the page of an origin, or a page of the hub's own. */
async function visit(from = address(hub.port), origin = from): Promise<Page> {
  const page = await open(`${origin}/health`);
  await load(page, from);
  return page;
}

/** Joins room lounge and notes what is heard. */
async function join(page: Page, options: Kodama.ConnectOptions = {}, name = "lounge"): Promise<void> {
  await page.evaluate(
    async ([options, name]) => {
      globalThis.hub = kodama.connect(options);
      globalThis.room = globalThis.hub.room(name, { last: 50 });
      globalThis.heard = [];
      room.on("message", ({ text, bytes, name, own }) => heard.push([text ?? [...bytes!], name, own]));
      await room.joined;
    },
    [options, name] as const,
  );
}

async function hears(page: Page, count: number): Promise<unknown[]> {
  await page.waitForFunction(count => heard.length >= count, count);
  return page.evaluate(() => heard);
}

test("Pages of the hub, and of an origin that it allows, meet without saying where it is", async () => {
  const [own, other] = [await visit(), await visit(address(hub.port), allowed.origin)];
  await join(own, { details: { name: "Yui" } });
  await join(other, { details: { name: "Ren" } });
  await own.evaluate(() => room.publish("hello"));
  await other.evaluate(() => room.publish(Uint8Array.of(1, 2)));
  expect(await hears(other, 1)).toEqual([["hello", "Yui", false]]);
  expect(await hears(own, 1)).toEqual([[[1, 2], "Ren", false]]);
});

test("A page of an origin that the hub does not know is told so", async () => {
  const page = await visit(address(hub.port), stranger.origin);
  const [code, text] = await page.evaluate(() => {
    const hub = kodama.connect();
    return hub.ready.then(() => [], (error: Kodama.KodamaError) => [error.code, error.text]);
  });
  expect(code).toBe("ORIGIN_NOT_ALLOWED");
  expect(text).toContain(`--origin ${stranger.origin}`);
});

test("A wrong token is told to pages of the hub, and of an origin that it allows", async () => {
  const guarded = await HubProcess.start("--token=secret", `--origin=${allowed.origin}`);
  try {
    for (const origin of [address(guarded.port), allowed.origin]) {
      const page = await visit(address(guarded.port), origin);
      const codes = await page.evaluate(async () => {
        const wrong = kodama.connect({ token: "wrong" }).ready.catch((error: Kodama.KodamaError) => error.code);
        const right = kodama.connect({ token: "secret" }).ready.then(() => "in");
        return Promise.all([wrong, right]);
      });
      expect(codes).toEqual(["AUTHENTICATION_FAILED", "in"]);
    }
  } finally {
    await guarded.kill();
  }
});

test("With sessionStorage a page that is reloaded is who it was; its duplicate is somebody else, and harms it not", async () => {
  const page = await open(`${address(hub.port)}/health`);
  const start = async () => {
    await load(page, address(hub.port));
    return page.evaluate(async () => {
      globalThis.hub = kodama.connect({ session: sessionStorage });
      globalThis.room = globalThis.hub.room("reloaded", { last: 50 });
      globalThis.heard = [];
      room.on("message", ({ text, own }) => heard.push([text, own]));
      await room.joined;
      return globalThis.hub.session;
    });
  };
  const session = await start();
  await page.evaluate(() => room.publish("before"));

  await page.reload();
  expect(await start()).toBe(session);
  expect(await hears(page, 1)).toEqual([["before", true]]);

  // A browser copies the storage of a tab that it duplicates; here one page opens the other, which copies it as well.
  const opening = page.waitForEvent("popup");
  await page.evaluate(() => void window.open(location.href));
  const duplicate = await opening;
  await duplicate.waitForLoadState();
  await load(duplicate, address(hub.port));
  const other = await duplicate.evaluate(async () => {
    globalThis.hub = kodama.connect({ session: sessionStorage });
    await globalThis.hub.ready;
    return globalThis.hub.session;
  });
  expect(other).not.toBe(session);
  await page.evaluate(() => room.publish("still here"));
  expect(await page.evaluate(() => globalThis.hub.status)).toBe("connected");
});

test("A browser that is online again dials at once", async () => {
  const proxy = await Proxy.start(() => hub.port);
  try {
    const page = await visit(address(proxy.port));
    await join(page, { reconnect: { initial: 3_600_000, max: 3_600_000 } }, "online");
    proxy.cut();
    await page.waitForFunction(() => globalThis.hub.status === "reconnecting");
    await page.context().setOffline(true);
    await page.context().setOffline(false);
    expect(await page.evaluate(() => room.publish("back"))).toMatchObject({ duplicate: false });
  } finally {
    proxy.stop();
  }
});

test("The README's page chats", async () => {
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  const [, html] = /```html\n([\s\S]*?)```/.exec(readme)!;
  expect(html!.trim().split("\n").length).toBeLessThanOrEqual(20);
  const say = async (name: string, text: string) => {
    allowed.html = html!.replace("Guest", name).replace("lounge", "readme").replace("/kodama.js", `${address(hub.port)}/kodama.js`);
    const page = await open(allowed.origin);
    await page.getByRole("textbox").fill(text);
    await page.getByRole("textbox").press("Enter");
    await page.getByText(`I: ${text}`).waitFor();
    return page;
  };
  const yui = await say("Yui", "hello");
  const ren = await say("Ren", "hi");
  await yui.getByText("Ren: hi").waitFor();
  await ren.getByText("Yui: hello").waitFor();
});
