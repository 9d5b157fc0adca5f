import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join as path } from "node:path";
import { expect, test } from "vitest";
import type { Acknowledgement } from "../../src/api/messages";
import type { ConnectOptions } from "../../src/api/options";
import { HubProcess } from "../support/hub-process";
import { join, until } from "../support/node-client";
import { Proxy, randomFaults } from "../support/proxy";
import { Random } from "../support/random";
import { Speaker } from "../support/speaker";

const impatient: ConnectOptions = { ping: { interval: 1000, timeout: 1500 }, connectTimeout: 3000 };

test("Through a proxy that cuts, stalls and splits, and a hub that is killed, everything is there once and in order", { timeout: 180_000 }, async () => {
  const seed = Number(process.env["SEED"] ?? 20);
  const random = new Random(seed);
  const folder = await mkdtemp(path(tmpdir(), "kodama-js-"));
  const hub = await HubProcess.start(`--data=${folder}`, "Kodama__Log__Messages=100000", "Kodama__Log__Bytes=100000000");
  const proxy = await Proxy.start(() => hub.port);
  try {
    proxy.fault = randomFaults(random, 30_000);
    const speakers = ["yui", "ren", "ao"].map(name => new Speaker(name, join(proxy.port, impatient).room("lounge", { state: true })));
    const steady = new Speaker("steady", join(hub.port).room("lounge"));
    const all = [...speakers, steady];
    const speaking = all.map(speaker => speaker.say(600, random));
    for (let i = 0; i < 4; i++) {
      const before = all.map(speaker => speaker.acknowledged.length);
      await until(() => all.every((speaker, n) => speaker.acknowledged.length >= Math.min(before[n]! + 80, 600)));
      await hub.restart();
    }
    await Promise.all(speaking);
    proxy.fault = () => ({ cutAfter: Infinity, stallAfter: Infinity, piece: Infinity });
    proxy.cut();
    await Promise.all(all.map(speaker => speaker.room.publish(`${speaker.name} end`)));
    await until(() => all.every(speaker => speaker.hasHeardEnds(all.length - 1)));

    const said = await steady.history();
    expect(said.gap).toBe(false);
    for (const speaker of all) {
      const own = said.messages.filter(({ text }) => text!.startsWith(`${speaker.name} `)).map(({ text }) => text);
      expect(own, `what ${speaker.name} has said`).toEqual([...Array.from({ length: 600 }, (_, i) => `${speaker.name} ${i}`), `${speaker.name} end`]);
      const others = said.messages.filter(({ text }) => !text!.startsWith(`${speaker.name} `));
      expect(speaker.heard, `what ${speaker.name} has heard`).toEqual(others.map(({ text, position }) => `${position} ${text}`));
      expect(speaker.gaps).toBe(0);
      const places = new Map(said.messages.map(({ text, position }) => [text, position]));
      expect(speaker.acknowledged.map((ack: Acknowledgement) => ack.position)).toEqual(
        speaker.acknowledged.map((_, i) => places.get(`${speaker.name} ${i}`)),
      );
    }
    for (const { room } of speakers) expect(Object.fromEntries([...room.state].map(([key, { text }]) => [key, text]))).toEqual({ yui: "end", ren: "end", ao: "end", steady: "end" });
    console.log(`seed ${seed}: ${said.messages.length} messages, ${proxy.faults} faults, 4 restarts`);
  } finally {
    proxy.stop();
    await hub.kill();
    await rm(folder, { recursive: true });
  }
});

test("As many gaps are told as were made", { timeout: 120_000 }, async () => {
  const random = new Random(7);
  const hub = await HubProcess.start("Kodama__Log__Messages=10");
  const proxy = await Proxy.start(() => hub.port);
  try {
    const client = join(proxy.port);
    const listener = client.room("lounge");
    const told: string[] = [];
    listener.on("message", message => told.push(message.text!));
    listener.on("gap", () => told.push("gap"));
    await listener.joined;
    const speaker = join(hub.port).room("lounge");
    const expected: string[] = [];
    let next = 0;
    for (let round = 0; round < 12; round++) {
      proxy.isRefusing = true;
      proxy.cut();
      await until(() => client.status === "reconnecting");
      const missed = random.below(21);
      const said = Array.from({ length: missed }, () => `${next++}`);
      await Promise.all(said.map(text => speaker.publish(text)));
      if (missed > 10) expected.push("gap");
      expected.push(...said.slice(-10));
      proxy.isRefusing = false;
      const seen = `${next++}`;
      await until(() => client.status === "connected");
      await listener.history();
      await speaker.publish(seen);
      expected.push(seen);
      await until(() => told.at(-1) === seen);
    }
    expect(told).toEqual(expected);
    expect(expected.filter(text => text === "gap").length).toBeGreaterThan(2);
  } finally {
    proxy.stop();
    await hub.kill();
  }
});
