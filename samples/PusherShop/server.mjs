// A shop's backend as it would be with Pusher or soketi: only host and port are other ones.
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import Pusher from "pusher";

const { HUB = "http://localhost:8080", APP = "1:garden-key:garden-secret", PORT = "3000" } = process.env;
const { hostname: host, port } = new URL(HUB);
const [appId, key, secret] = APP.split(":");
const pusher = new Pusher({ appId, key, secret, host, port, useTLS: false });

const modules = new URL("node_modules/", import.meta.url);
const files = {
  "/": [new URL("index.html", import.meta.url), "text/html; charset=utf-8"],
  "/pusher.js": [new URL("pusher-js/dist/web/pusher.min.js", modules), "text/javascript"],
  "/echo.js": [new URL("laravel-echo/dist/echo.js", modules), "text/javascript"],
};
let orders = 0;

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
    answer({ key, host, port: Number(port) });
  } else if (url.pathname === "/broadcasting/auth" && request.method === "POST") {
    // Who is there, and what they may join, is the shop's to say: here it believes everybody.
    const asked = new URLSearchParams(await text(request));
    const name = url.searchParams.get("name") ?? "somebody";
    const data = asked.get("channel_name").startsWith("presence-") ? { user_id: name, user_info: { name } } : undefined;
    answer(pusher.authorizeChannel(asked.get("socket_id"), asked.get("channel_name"), data));
  } else if (url.pathname === "/orders" && request.method === "POST") {
    await pusher.trigger("private-orders", "App\\Events\\OrderPlaced", { number: ++orders, what: await text(request) });
    answer({});
  } else {
    answer({ error: "not found" }, 404);
  }
});
server.listen(Number(PORT), () => console.log(`The shop is at http://localhost:${server.address().port}`));

async function text(request) {
  let body = "";
  for await (const chunk of request) body += chunk;
  return body;
}
