import { request as send } from "node:http";
import { within } from "./deadline.mjs";

// What the servers need not have in common: who they are, when, and how they delimit a body.
const own = new Set(["connection", "content-length", "date", "keep-alive", "server", "transfer-encoding", "x-content-type-options"]);

// A request as it is, on a connection of its own. Answers { status, headers, body }.
export function request(server, path, { method = "GET", headers = {}, body } = {}) {
  const answer = new Promise((resolve, reject) => {
    const outgoing = send(server.url + path, { method, headers, agent: false }, response => {
      const chunks = [];
      response.on("data", chunk => chunks.push(chunk));
      response.on("end", () => {
        const body = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode, headers: shared(response.headers), body });
      });
      response.on("error", reject);
    });
    outgoing.on("upgrade", (response, socket) => {
      socket.destroy();
      resolve({ status: response.statusCode, headers: shared(response.headers), body: "" });
    });
    outgoing.on("error", reject);
    server.ends(() => outgoing.destroy());
    outgoing.end(body);
  });
  // Who never waits for it, as of a GET that the server's end breaks off, has no error.
  answer.catch(() => {});
  return within(answer, `${method} ${path} on ${server.kind}`);
}

function shared(headers) {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !own.has(name)).sort(([a], [b]) => (a < b ? -1 : 1)));
}

// The same text with every session's id as <sid>, <sid2>, ...
export function nameless(value, ...ids) {
  let text = JSON.stringify(value);
  ids.forEach((id, n) => (text = text.replaceAll(id, n === 0 ? "<sid>" : `<sid${n + 1}>`)));
  return JSON.parse(text);
}
