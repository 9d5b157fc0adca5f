// Puts the declarations of the public files into one, dist/kodama.d.ts, which the hub serves beside kodama.js.
import { readFileSync, rmSync, writeFileSync } from "node:fs";

const types = new URL("../dist/types/", import.meta.url);
const read = file => readFileSync(new URL(file, types), "utf8");
const exported = [...read("index.d.ts").matchAll(/from "\.\/(.*)"/g)].map(([, file]) => file + ".d.ts");
const own = /^(import .*|\/\/# .*|export \{\};)$/;
const text = exported.map(file => read(file).split("\n").filter(line => !own.test(line)).join("\n")).join("");
writeFileSync(new URL("../kodama.d.ts", types), text);
rmSync(types, { recursive: true });
