import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";

const file = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

test("The module has at most 8,192 bytes, as gzip -9 makes them, and asks for no other", () => {
  const module = readFileSync(file("dist/kodama.js"));
  expect(gzipSync(module, { level: 9 }).length).toBeLessThanOrEqual(8192);
  expect(module.toString()).not.toMatch(/\b(import|require)\s*\(|\bfrom\s*["']/);
});

test("Importing it does nothing, and exports what the types say", () => {
  const script = `
    const before = Object.keys(globalThis).length;
    const module = await import(${JSON.stringify(file("dist/kodama.js"))});
    console.log(Object.keys(module).sort().join(), Object.keys(globalThis).length - before);`;
  expect(execFileSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" })).toBe("KodamaError,connect 0\n");
});

test("The types are whole, without those of Node", () => {
  const options = "--ignoreConfig --noEmit --strict --exactOptionalPropertyTypes --target es2022 --module esnext";
  const args = [...options.split(" "), "--moduleResolution", "bundler", "--types", "", file("test/unit/program.ts")];
  execFileSync(file("node_modules/.bin/tsc"), args, { encoding: "utf8" });
});

test("Without a WebSocket, and without an address, connect says what to do", async () => {
  const { connect } = await import("../../src/index");
  const global = globalThis.WebSocket;
  Reflect.deleteProperty(globalThis, "WebSocket");
  expect(() => connect("ws://hub/ws")).toThrow('connect(url, { WebSocket })');
  expect(() => connect({ WebSocket: class {} })).toThrow("Say where the hub is");
  if (global) globalThis.WebSocket = global;
});
