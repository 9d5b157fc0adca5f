import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const configuration = process.env["CONFIGURATION"] ?? "Release";
const program = fileURLToPath(new URL(`../../../../src/Kodama.Cli/bin/${configuration}/net10.0/kodama.dll`, import.meta.url));
const running = new Set<ChildProcess>();
process.on("exit", () => running.forEach(child => child.kill("SIGKILL")));

/** `kodama serve` in a process of its own. Options are those of the command line, and of its environment (`Kodama__Log__Messages=10`). */
export class HubProcess {
  #child!: ChildProcess;
  #port = 0;

  private constructor(private readonly options: string[]) {}

  static async start(...options: string[]): Promise<HubProcess> {
    if (!existsSync(program)) throw new Error(`${program} is missing: dotnet build src/Kodama.Cli -c ${configuration}`);
    const hub = new HubProcess(options);
    await hub.#start();
    return hub;
  }

  get port(): number {
    return this.#port;
  }

  /** As a machine that loses its power, and gets it back. */
  async restart(...options: string[]): Promise<void> {
    await this.kill();
    this.options.push(...options);
    await this.#start();
  }

  /** Its connections stay, and it says nothing. */
  freeze(): void {
    this.#child.kill("SIGSTOP");
  }

  thaw(): void {
    this.#child.kill("SIGCONT");
  }

  async kill(): Promise<void> {
    if (!running.has(this.#child)) return;
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await ended;
    running.delete(this.#child);
  }

  async #start(): Promise<void> {
    const isVariable = (option: string) => option.startsWith("Kodama__");
    const own = this.options.filter(option => !isVariable(option));
    const args = [program, "serve", "--quiet", "--host=127.0.0.1", "--no-advertise", `--port=${this.#port}`, ...own];
    const variables = Object.fromEntries(this.options.filter(isVariable).map(option => option.split("=")));
    const child = (this.#child = spawn("dotnet", args, { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, ...variables } }));
    running.add(child);
    for await (const line of createInterface({ input: child.stdout! })) {
      const address = /http:\/\/127\.0\.0\.1:(\d+)/.exec(line);
      if (!address) continue;
      this.#port = Number(address[1]);
      child.stdout!.resume();
      return;
    }
    throw new Error(`kodama serve ended: ${args.join(" ")}`);
  }
}
