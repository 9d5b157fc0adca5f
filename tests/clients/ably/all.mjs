// All scenarios in one process.
import { readdirSync } from "node:fs";

const folder = new URL("scenarios/", import.meta.url);
for (const file of readdirSync(folder).sort()) await import(new URL(file, folder));
