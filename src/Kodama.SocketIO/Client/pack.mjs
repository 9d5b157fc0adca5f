// Packs the client's browser builds, as node's server hands them out, for Kodama.SocketIO to embed.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { constants, gzipSync } from "node:zlib";

const scripts = ["socket.io.js", "socket.io.min.js", "socket.io.esm.min.js", "socket.io.msgpack.min.js"];
const from = new URL("node_modules/socket.io-client/", import.meta.url);
const to = new URL("dist/", import.meta.url);

rmSync(to, { recursive: true, force: true });
mkdirSync(to);
for (const file of scripts.flatMap(script => [script, `${script}.map`])) {
  writeFileSync(new URL(`${file}.gz`, to), gzipSync(readFileSync(new URL(`dist/${file}`, from)), { level: constants.Z_BEST_COMPRESSION }));
}
// Last: it says that all are there.
writeFileSync(new URL("version.txt", to), JSON.parse(readFileSync(new URL("package.json", from))).version);
