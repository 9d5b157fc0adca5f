import { spawn } from "node:child_process";
import { createServer } from "node:http";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import Backend from "pusher";
import Client from "pusher-js";
import { Inbox, within } from "./within.mjs";

const program = fileURLToPath(new URL("../../../../src/Kodama.Cli/bin/Release/net10.0/kodama.dll", import.meta.url));

// A hub as people run it, in a process of its own, and what a scenario begins with there, which ends with it.
export async function hub(test, ...options) {
  const args = [program, "serve", "--quiet", "--host", "127.0.0.1", "--port", "0", "--no-advertise", ...options];
  const process = spawn("dotnet", [...args, "--pusher-app", "1:garden-key:garden-secret"]);
  const errors = [];
  process.stderr.on("data", data => errors.push(data.toString()));
  const lines = createInterface(process.stdout)[Symbol.asyncIterator]();
  const { value } = await within(lines.next(), () => `an address of ${args.join(" ")}: ${errors.join("")}`);
  const { hostname, port } = new URL(value.trim());
  test.after(async () => {
    process.kill();
    if (process.exitCode === null) await within(once(process, "exit"), "the hub's end");
  });
  return new Hub(test, hostname, Number(port), process);
}

class Hub {
  constructor(test, host, port, process) {
    Object.assign(this, { test, host, port, process });
    this.backend = new Backend({
      appId: "1", key: "garden-key", secret: "garden-secret", host, port: String(port), useTLS: false,
      encryptionMasterKeyBase64: Buffer.alloc(32, 7).toString("base64"),
    });
  }

  // What pusher-js is told. Who it is for private and presence channels, the backend says.
  options(user, more = {}) {
    return {
      cluster: "lan", wsHost: this.host, wsPort: this.port, wssPort: this.port, forceTLS: false, enabledTransports: ["ws", "wss"],
      channelAuthorization: {
        customHandler: ({ socketId, channelName }, answer) => {
          const data = channelName.startsWith("presence-") ? { user_id: user, user_info: { name: `<${user}>` } } : undefined;
          answer(null, this.backend.authorizeChannel(socketId, channelName, data));
        },
      },
      userAuthentication: {
        customHandler: ({ socketId }, answer) => answer(null, this.backend.authenticateUser(socketId, { id: user, ...more })),
      },
    };
  }

  async client(user, more) {
    const client = new Client("garden-key", this.options(user, more));
    this.test.after(() => client.disconnect());
    await within(new Promise(resolve => client.connection.bind("connected", resolve)), "the connection");
    return client;
  }
}

// Ends when the channel has been joined, with what came for it.
export function subscribed(channel) {
  return within(
    new Promise((resolve, reject) => {
      channel.bind("pusher:subscription_succeeded", resolve);
      channel.bind("pusher:subscription_error", error => reject(new Error(JSON.stringify(error))));
    }),
    `the subscription to ${channel.name}`);
}

// Everything that a channel tells, but its own events.
export function events(channel) {
  const inbox = new Inbox();
  channel.bind_global((name, data, more) => {
    if (name !== "pusher:subscription_succeeded" && name !== "pusher:subscription_count") inbox.put({ name, data, ...more });
  });
  return inbox;
}

// A receiver of webhooks, which answers as it is told.
export async function receiver(test, status = () => 200) {
  const inbox = new Inbox();
  const server = createServer((request, response) => {
    let rawBody = "";
    request.on("data", data => (rawBody += data));
    request.on("end", () => {
      response.statusCode = status();
      inbox.put({ headers: request.headers, rawBody });
      response.end();
    });
  }).listen(0, "127.0.0.1");
  await within(once(server, "listening"), "the receiver");
  test.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${server.address().port}/hook`, inbox };
}
