import { Socket } from "engine.io-client";
import { Inbox } from "./inbox.mjs";

// A client of Engine.IO alone, on the path of Socket.IO: it says what no Socket.IO client would.
export async function engine(server, options = {}) {
  const session = new Socket(server.url, { path: "/socket.io/", ...options });
  session.inbox = new Inbox(`the session on ${server.kind}`);
  for (const event of ["open", "message", "close", "upgrade", "error"]) session.on(event, (...args) => session.inbox.put(event, args));
  server.ends(() => session.close());
  await session.inbox.take("open");
  return session;
}
