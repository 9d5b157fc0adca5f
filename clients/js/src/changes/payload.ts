import type { Payload, PayloadObject } from "../api/messages";
import type { Bytes } from "../connection/connection";

/** A payload as a request says it: members of its JSON, and the binary frame behind it. */
export interface Said {
  members: { text?: string; args?: readonly unknown[]; binary?: true };
  bytes: Bytes | undefined;
}

export function say(payload: Payload): Said {
  if (typeof payload === "string") return { members: { text: payload }, bytes: undefined };
  const bytes = copy(payload) ?? copy((payload as PayloadObject | null)?.bytes);
  if (bytes) return { members: { binary: true }, bytes };
  const { text, args } = (payload ?? {}) as PayloadObject;
  if (typeof text === "string") return { members: { text }, bytes };
  if (Array.isArray(args)) return { members: { args }, bytes };
  throw new TypeError("A payload is a string, bytes, or an object with text, args (an array) or bytes.");
}

function copy(bytes: unknown): Bytes | undefined {
  if (ArrayBuffer.isView(bytes)) return Uint8Array.from(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  return bytes instanceof ArrayBuffer ? new Uint8Array(bytes.slice(0)) : undefined;
}
