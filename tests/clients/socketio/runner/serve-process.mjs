import { kodamaServe } from "./programs.mjs";
import { Inbox } from "./inbox.mjs";
import { Process } from "./process.mjs";

// `kodama serve`: one server, without handlers, for all scenarios that want one of this kind. Their clients end with each of them.
export class ServeProcess {
  constructor(...options) {
    const [command, ...args] = kodamaServe("--port=0", ...options);
    this.process = new Process(command, ...args);
    this.address = this.#address();
  }

  async start() {
    return { url: await this.address, inbox: new Inbox(this.process.lines.owner) };
  }

  stop() {}

  kill() {
    return this.process.kill();
  }

  async #address() {
    for (;;) {
      const [address] = /https?:\/\/[^\s/]+/.exec(await this.process.lines.take("line")) ?? [];
      if (address) return address;
    }
  }
}
