import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = path => fileURLToPath(new URL(path, import.meta.url));
const configuration = process.env.CONFIGURATION ?? "Release";

function built(project, assembly) {
  const path = here(`../../../../${project}/bin/${configuration}/net10.0/${assembly}.dll`);
  if (!existsSync(path)) throw new Error(`${path} is missing: dotnet build ${project} -c ${configuration}`);
  return path;
}

// The same handlers, in JavaScript with socket.io and in C# with Kodama.SocketIO.
export const node = () => [process.execPath, here("../server/main.mjs")];
export const kodama = () => ["dotnet", built("tests/Kodama.SocketIO.Program", "Kodama.SocketIO.Program")];

// No handlers at all.
export const kodamaServe = (...options) =>
  ["dotnet", built("src/Kodama.Cli", "kodama"), "serve", "--quiet", "--host=127.0.0.1", "--no-advertise", ...options];
