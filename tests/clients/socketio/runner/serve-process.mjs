import { kodamaServe } from "./programs.mjs";
import { Inbox } from "./inbox.mjs";
import { Process } from "./process.mjs";

// `kodama serve`: one server, without handlers, that lives as long as its process.
export class ServeProcess {
  async start(server, { echo = false }, port = 0) {
    const [command, ...args] = kodamaServe(`--port=${port}`, ...(echo ? ["--echo"] : []));
    this.process = new Process(command, ...args);
    const inbox = new Inbox(this.process.lines.owner);
    for (;;) {
      const line = await this.process.lines.take("line");
      const address = /https?:\/\/[^\s/]+/.exec(line);
      if (address) return { url: address[0], inbox };
    }
  }

  stop() {
    return this.kill();
  }

  kill() {
    return this.process.kill();
  }
}
