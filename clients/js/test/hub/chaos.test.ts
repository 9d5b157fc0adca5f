import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join as path } from "node:path";
import { expect, test } from "vitest";
import type { ConnectOptions } from "../../src/api/options";
import { HubProcess } from "../support/hub-process";
import { join, until } from "../support/node-client";
import { Proxy, randomFaults } from "../support/proxy";
import { Random } from "../support/random";
import { Speaker } from "../support/speaker";
import { expectWhole } from "../support/whole";

const impatient: ConnectOptions = { ping: { interval: 1000, timeout: 1500 }, connectTimeout: 3000 };

// Behind a proxy that cuts, stalls, delays and splits.
test("Of a hub that is killed again and again everybody has everything once and in order", { timeout: 180_000 }, async () => {
  const seed = Number(process.env["SEED"] ?? 20);
  const random = new Random(seed);
  const folder = await mkdtemp(path(tmpdir(), "kodama-js-"));
  const hub = await HubProcess.start(`--data=${folder}`, "Kodama__Log__Messages=100000", "Kodama__Log__Bytes=100000000");
  const proxy = await Proxy.start(() => hub.port);
  try {
    proxy.fault = randomFaults(random, 30_000);
    const talk = (name: string, port: number, options = {}) => new Speaker(name, join(port, options).room("lounge", { state: true }));
    const all = [...["yui", "ren", "ao"].map(name => talk(name, proxy.port, impatient)), talk("steady", hub.port)];
    await Promise.all(all.map(speaker => speaker.room.joined));
    const speaking = Promise.all(all.map(speaker => speaker.say(600, limit => random.below(limit))));
    for (let i = 0; i < 4; i++) {
      const goal = all.map(({ positions }) => Math.min(positions.length + 80, 600));
      await until(() => all.every(({ positions }, n) => positions.length >= goal[n]!));
      await hub.restart();
    }
    await speaking;
    await until(() => all.every(speaker => speaker.hasHeard(all.length - 1)));

    const said = await all.at(-1)!.history();
    expectWhole(said, all.map(speaker => speaker.notes()), 600);
    expect(proxy.faults).toBeGreaterThan(20);
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
    // A room that everybody has left may end, and that is a gap too.
    await speaker.joined;
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
