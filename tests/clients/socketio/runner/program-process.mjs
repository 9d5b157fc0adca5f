import { Inbox } from "./inbox.mjs";
import { Process } from "./process.mjs";

// A process with any number of servers: it starts and stops them as it is told, and tells what their handlers saw.
export class ProgramProcess extends Process {
  #inboxes = new Map();

  onLine(line) {
    if (!line.startsWith("{")) return;
    const { server, event, content } = JSON.parse(line);
    this.#inboxes.get(server)?.put(event, content);
  }

  async start(server, options, port = 0) {
    const inbox = new Inbox(`server ${server} of ${this.lines.owner}`);
    this.#inboxes.set(server, inbox);
    this.write(JSON.stringify({ command: "start", server, port, options }));
    const [url] = await Promise.race([inbox.take("started"), this.#early()]);
    return { url, inbox };
  }

  async stop(server) {
    this.write(JSON.stringify({ command: "stop", server }));
    await Promise.race([this.#inboxes.get(server).take("stopped"), this.#early()]);
    this.#inboxes.delete(server);
  }

  async #early() {
    const [code, signal] = await this.ended;
    throw new Error(`${this.lines.owner} ended with ${code ?? signal}`);
  }
}
