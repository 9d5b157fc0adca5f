import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join as path } from "node:path";
import { expect, test } from "vitest";
import type * as Kodama from "../../src/index";
import { load, open, useChromium } from "../support/chromium";
import { HubProcess } from "../support/hub-process";
import { join, until } from "../support/node-client";
import { Proxy, randomFaults } from "../support/proxy";
import { Random } from "../support/random";
import { Speaker } from "../support/speaker";
import { expectWhole } from "../support/whole";

useChromium();

declare global {
  var kodama: typeof Kodama;
  var speaker: Speaker;
  var speaking: Promise<void>;
}

/** Makes the page a speaker that comes back fast, and waits until it is in the room: it hears what is said from then on. */
const enter = async ([source, name]: readonly [string, string]) => {
  const options = { reconnect: { initial: 50, max: 400 }, ping: { interval: 1000, timeout: 1500 }, connectTimeout: 3000 };
  const room = kodama.connect(options).room("lounge", { state: true });
  globalThis.speaker = new (eval(`(${source})`))(name, room);
  await room.joined;
};

const speak = (count: number) => {
  globalThis.speaking = speaker.say(count, limit => Math.floor(Math.random() * limit));
};

test("Pages behind such a proxy have everything once and in order, over restarts of the hub", { timeout: 180_000 }, async () => {
  const seed = Number(process.env["SEED"] ?? 21);
  const random = new Random(seed);
  const folder = await mkdtemp(path(tmpdir(), "kodama-js-"));
  const hub = await HubProcess.start(`--data=${folder}`, "Kodama__Log__Messages=100000", "Kodama__Log__Bytes=100000000");
  const proxy = await Proxy.start(() => hub.port);
  try {
    const pages = await Promise.all([1, 2, 3].map(() => open(`http://127.0.0.1:${proxy.port}/health`)));
    await Promise.all(pages.map(page => load(page, `http://127.0.0.1:${proxy.port}`)));
    proxy.fault = randomFaults(random, 30_000);
    const steady = new Speaker("steady", join(hub.port).room("lounge", { state: true }));
    await Promise.all([steady.room.joined, ...pages.map((page, i) => page.evaluate(enter, [Speaker.toString(), `page${i}`] as const))]);
    const speaking = [steady.say(300, limit => random.below(limit))];
    await Promise.all(pages.map(page => page.evaluate(speak, 300)));
    for (let i = 1; i <= 3; i++) {
      await until(() => steady.positions.length >= i * 60);
      await hub.restart();
    }
    await Promise.all([...speaking, ...pages.map(page => page.evaluate(() => globalThis.speaking))]);
    await until(() => steady.hasHeard(3));
    await Promise.all(pages.map(page => page.waitForFunction(() => speaker.hasHeard(3), undefined, { timeout: 60_000 })));

    const said = await steady.history();
    const notes = await Promise.all(pages.map(page => page.evaluate(() => speaker.notes())));
    expectWhole(said, [steady.notes(), ...notes], 300);
    expect(proxy.faults).toBeGreaterThan(5);
    console.log(`seed ${seed}: ${said.messages.length} messages, ${proxy.faults} faults, 3 restarts`);
  } finally {
    proxy.stop();
    await hub.kill();
    await rm(folder, { recursive: true });
  }
});
