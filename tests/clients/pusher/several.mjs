// Several clients of pusher-js that a test drives, each by its name: see README.md. Each says what it gets, a line of JSON for each thing.
import { createHmac } from "node:crypto";
import { createInterface } from "node:readline";
import Pusher from "pusher-js";

const [key, secret] = process.argv.slice(2);
const tell = line => process.stdout.write(JSON.stringify(line) + "\n");
const sign = text => createHmac("sha256", secret).update(text).digest("hex");
const clients = {};

const commands = {
  // Each is the user of its name.
  open({ client, host, port }) {
    const pusher = (clients[client] = new Pusher(key, {
      cluster: "lan",
      wsHost: host,
      wsPort: port,
      forceTLS: false,
      enabledTransports: ["ws"],
      channelAuthorization: {
        customHandler({ socketId, channelName }, done) {
          const data = channelName.startsWith("presence-") ? JSON.stringify({ user_id: client }) : undefined;
          const text = [socketId, channelName, ...(data ? [data] : [])].join(":");
          done(null, { auth: `${key}:${sign(text)}`, channel_data: data });
        },
      },
      userAuthentication: {
        customHandler({ socketId }, done) {
          const user_data = JSON.stringify({ id: client });
          done(null, { auth: `${key}:${sign(`${socketId}::user::${user_data}`)}`, user_data });
        },
      },
    }));
    pusher.connection.bind("connected", () => tell({ client, got: ["connected", pusher.connection.socket_id] }));
    pusher.connection.bind("disconnected", () => tell({ client, got: ["disconnected"] }));
    pusher.connection.bind("error", ({ data }) => tell({ client, got: ["error", data?.code] }));
    pusher.bind("pusher:signin_success", () => tell({ client, got: ["signed in"] }));
  },
  signin({ client }) {
    clients[client].signin();
  },
  subscribe({ client, channel }) {
    const subscribed = clients[client].subscribe(channel);
    subscribed.bind_global((event, data) => tell({ client, got: [event, channel, data] }));
  },
  unsubscribe({ client, channel }) {
    clients[client].unsubscribe(channel);
  },
  trigger({ client, channel, event, data }) {
    clients[client].channel(channel).trigger(event, data);
  },
  close({ client }) {
    clients[client].disconnect();
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { command, ...rest } = JSON.parse(line);
  commands[command](rest);
}
process.exit();
