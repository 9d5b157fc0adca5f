import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import Ably from "ably";
import { Inbox, within } from "./within.mjs";

const program = fileURLToPath(new URL("../../../../src/Kodama.Cli/bin/Release/net10.0/kodama.dll", import.meta.url));

export const key = "garden.key1:maple-maple";

// A hub as people run it, in a process of its own, and what a scenario begins with there, which ends with it. Options are of the command
// line, or an object: of the environment, with the keys by which clients come in.
export async function hub(test, ...options) {
  const garden = new Hub(test, options);
  test.after(() => garden.stop());
  await garden.start(0);
  return garden;
}

class Hub {
  #test;
  #options;
  #process;

  constructor(test, options) {
    this.#test = test;
    this.#options = options;
  }

  async start(port = this.port) {
    const args = [program, "serve", "--quiet", "--host", "127.0.0.1", "--port", String(port), "--no-advertise"];
    const env = this.#options.find(option => typeof option === "object");
    args.push(...(env ? ["--ably"] : ["--ably-key", key]), ...this.#options.filter(option => option !== env));
    this.#process = spawn("dotnet", args, { env: { ...process.env, ...env } });
    const errors = [];
    this.#process.stderr.on("data", data => errors.push(data.toString()));
    const lines = createInterface(this.#process.stdout)[Symbol.asyncIterator]();
    const { value } = await within(lines.next(), () => `an address of ${args.join(" ")}: ${errors.join("")}`);
    this.url = value.trim();
    this.port = Number(new URL(this.url).port);
  }

  async stop(signal = "SIGTERM") {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    this.#process.kill(signal);
    await within(once(this.#process, "exit"), "the hub's end");
  }

  options(more = {}) {
    const { key: none, ...others } = more;
    const own = "authCallback" in more || "token" in more ? others : { key, ...more };
    return { endpoint: "127.0.0.1", port: this.port, tls: false, disableConnectivityCheck: true, logLevel: 0, ...own };
  }

  async client(more) {
    const client = new Ably.Realtime(this.options(more));
    this.#test.after(() => client.close());
    await within(client.connection.whenState("connected"), "the connection");
    return client;
  }

  rest(more) {
    return new Ably.Rest(this.options(more));
  }
}

// Cuts a client's connection off without a goodbye, as a network does that is gone; not while it comes back.
export function cut(client) {
  client.connection.connectionManager.activeProtocol?.getTransport().wsConnection.terminate();
}

// All messages of a channel, from when it is attached.
export async function messages(channel) {
  const inbox = new Inbox();
  await within(channel.subscribe(message => inbox.put(message)), `the attachment to ${channel.name}`);
  return inbox;
}

// All changes of who is there.
export async function members(channel) {
  const inbox = new Inbox();
  await within(channel.presence.subscribe(member => inbox.put(member)), `the attachment to ${channel.name}`);
  return inbox;
}
