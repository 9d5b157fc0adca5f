// Messages as zlib compresses them, with any options and flushed anywhere; one a line: see ../README.md.
import { once } from "node:events";
import { constants, createDeflateRaw } from "node:zlib";

// The same ones each time.
let seed = 7692;
const below = n => (seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff, (seed >> 8) % n);
const oneOf = list => list[below(list.length)];

const words = ["forest ", "echo ", "kodama ", '{"event":"move","args":[', "],", "0.125,", "木霊 ", "\n"];
const kinds = [
  length => Buffer.from(Array.from({ length }, () => oneOf(words)).join("")).subarray(0, length),
  length => Buffer.from(Array.from({ length }, () => below(256))),
  // For few symbols of nine bits in the fixed codes, codes of their own pay soonest.
  length => Buffer.from(Array.from({ length }, () => (below(8) ? 255 : 200 + below(4)))),
  length => Buffer.alloc(length, "a"),
];
const flushes = [constants.Z_SYNC_FLUSH, constants.Z_FULL_FLUSH, constants.Z_PARTIAL_FLUSH, constants.Z_BLOCK];

for (let i = 0; i < 500; i++) {
  const options = { level: below(10), memLevel: 1 + below(9), strategy: below(5), windowBits: 8 + below(8) };
  const every = oneOf([1, 3, 17, 64, 500, 100000]);
  const message = oneOf(kinds)(every < 500 ? every * (1 + below(60)) : below(40000));
  const flush = oneOf(flushes);
  const deflate = createDeflateRaw(options);
  const compressed = [];
  deflate.on("data", chunk => compressed.push(chunk));
  for (let at = 0; at < message.length; at += every) {
    deflate.write(message.subarray(at, at + every));
    await new Promise(done => deflate.flush(at + every < message.length ? flush : constants.Z_SYNC_FLUSH, done));
  }
  const payload = message.length === 0 ? Buffer.of(0) : Buffer.concat(compressed).subarray(0, -4);
  const name = JSON.stringify({ ...options, every, flush });
  const bytes = { message: message.toString("base64"), payload: payload.toString("base64") };
  const line = { event: "compressed", name, windowBits: options.windowBits, ...bytes };
  if (!process.stdout.write(JSON.stringify(line) + "\n")) await once(process.stdout, "drain");
}
process.stdout.write('{"event":"end"}\n');
