// A program as it would be with Ably: only endpoint and port are other ones. It serves the page, lets who opens it in, and answers there.
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import Ably from "ably";

const { HUB = "http://localhost:8080", KEY: key = "garden.key1:maple-maple", PORT = "3000" } = process.env;
const { hostname: endpoint, port } = new URL(HUB);
const settings = { endpoint, port: Number(port), tls: false, disableConnectivityCheck: true };
const ably = new Ably.Realtime({ key, clientId: "clock", ...settings });

const talk = ably.channels.get("talk");
await talk.presence.enter();
await talk.subscribe("message", async ({ data, clientId }) => {
  if (data === "/time") await talk.publish("message", `${clientId}, it is ${new Date().toLocaleTimeString()}.`);
});

const files = {
  "/": [new URL("index.html", import.meta.url), "text/html; charset=utf-8"],
  "/ably.js": [new URL("node_modules/ably/build/ably.min.js", import.meta.url), "text/javascript"],
};
const server = createServer(async (request, response) => {
  const url = new URL(request.url, "http://localhost");
  const answer = (value, status = 200) => {
    response.writeHead(status, { "Content-Type": "application/json" });
    response.end(JSON.stringify(value));
  };
  if (files[url.pathname]) {
    const [file, type] = files[url.pathname];
    response.writeHead(200, { "Content-Type": type });
    response.end(await readFile(file));
  } else if (url.pathname === "/settings") {
    answer(settings);
  } else if (url.pathname === "/auth") {
    // Who somebody is, is the program's to say: here it believes everybody.
    const clientId = url.searchParams.get("name") || "somebody";
    answer(await ably.auth.createTokenRequest({ clientId, capability: { talk: ["subscribe", "publish", "presence", "history"] } }));
  } else {
    answer({ error: "not found" }, 404);
  }
});
server.listen(Number(PORT), () => console.log(`The room is at http://localhost:${server.address().port}`));
