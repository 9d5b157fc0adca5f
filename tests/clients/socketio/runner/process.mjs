import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { Inbox } from "./inbox.mjs";

const running = new Set();
process.on("exit", () => running.forEach(child => child.kill("SIGKILL")));

// A server in a process of its own: its lines are read as they come, and it ends with the scenarios.
export class Process {
  #child;
  #errors = "";

  constructor(command, ...args) {
    this.#child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"] });
    running.add(this.#child);
    this.lines = new Inbox([command, ...args].join(" "));
    this.ended = once(this.#child, "exit").finally(() => running.delete(this.#child));
    this.#child.stderr.on("data", data => (this.#errors = (this.#errors + data).slice(-10_000)));
    this.#child.stdin.on("error", () => {});
    createInterface({ input: this.#child.stdout }).on("line", line => this.onLine(line));
    this.ended.then(([code]) => code && process.stderr.write(`${this.lines.owner} ended with ${code}:\n${this.#errors}\n`));
  }

  onLine(line) {
    this.lines.put("line", line);
  }

  write(line) {
    this.#child.stdin.write(line + "\n");
  }

  // As a machine that loses its power: nobody is told.
  async kill() {
    this.#child.kill("SIGKILL");
    await this.ended;
  }

  // Its connections stay, and it says nothing any more.
  freeze() {
    this.#child.kill("SIGSTOP");
  }

  // The scenarios need not wait for it, nor for its end.
  unref() {
    this.#child.unref();
    for (const stream of [this.#child.stdin, this.#child.stdout, this.#child.stderr]) stream.unref();
  }
}
