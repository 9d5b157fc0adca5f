// Clients of ably at several hubs, in one process: they come back by themselves, every other one at the next hub, say what they get, and
// publish numbered messages when they are asked to. A line of JSON for each thing. Arguments: a key, and the hubs' addresses.
import { createInterface } from "node:readline";
import Ably from "ably";

const [key, ...hubs] = process.argv.slice(2);
const tell = line => process.stdout.write(JSON.stringify(line) + "\n");

const clients = Array.from({ length: 6 }, (_, i) => {
  const name = `ably${i}`;
  let at = i % hubs.length;
  const client = new Ably.Realtime({
    key,
    endpoint: new URL(hubs[at]).hostname,
    port: Number(new URL(hubs[at]).port),
    tls: false,
    useBinaryProtocol: i % 3 !== 0,
    disableConnectivityCheck: true,
    disconnectedRetryTimeout: 200,
    logLevel: 0,
  });
  // As a client does that knows several addresses; ably's own has several hosts, but one port.
  if (i % 2 === 0) {
    client.connection.on("disconnected", () => {
      at = (at + 1) % hubs.length;
      client.options.port = Number(new URL(hubs[at]).port);
    });
  }
  client.connection.on("failed", ({ reason }) => tell({ gap: `${name}: ${reason}` }));
  const channel = client.channels.get("big");
  let isThere = false;
  const attached = ({ resumed, reason }) => {
    if (isThere && !resumed) tell({ gap: `${name}: ${reason}` });
    else if (!isThere) tell({ joined: name });
    isThere = true;
  };
  channel.on("attached", attached);
  channel.on("update", attached);
  channel.on("failed", ({ reason }) => tell({ gap: `${name}: ${reason}` }));
  void channel.subscribe(({ data }) => tell({ reader: name, text: data }));
  return { client, channel, name, said: 0 };
});

async function publish(client, count) {
  const { channel, name } = client;
  for (const end = client.said + count; client.said < end; client.said++) {
    const text = `${name}:${client.said}`;
    await channel.publish("message", text).then(
      () => tell({ acknowledged: text }),
      ({ code }) => tell({ failed: text, code: `${code}` }),
    );
  }
  tell({ done: name });
}

for await (const line of createInterface({ input: process.stdin })) {
  const { writers, count } = JSON.parse(line);
  for (const client of clients.slice(0, writers)) void publish(client, count);
}
for (const { client } of clients) client.close();
