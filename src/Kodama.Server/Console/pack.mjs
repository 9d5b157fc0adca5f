// Packs the files of folders by gzip, for Kodama.Server to embed: node pack.mjs TO NAME=FOLDER...
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { constants, gzipSync } from "node:zlib";

const [to, ...folders] = process.argv.slice(2);
rmSync(to, { recursive: true, force: true });
for (const [name, folder] of folders.map(argument => argument.split("="))) {
  for (const file of readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())) {
    const from = join(file.parentPath, file.name);
    const packed = join(to, name, `${from.slice(join(folder, "/").length)}.gz`);
    mkdirSync(dirname(packed), { recursive: true });
    writeFileSync(packed, gzipSync(readFileSync(from), { level: constants.Z_BEST_COMPRESSION }));
  }
}
