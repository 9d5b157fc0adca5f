import { KodamaError } from "../api/error";

// The hub's registry (CloseReason, V1Close): after these it does well to come back by itself.
const passing = new Set([1001, 1005, 1006, 1011, 1012, 1013, 4000, 4005, 4408]);

const codes: Record<number, string> = { 3000: "REFUSED", 4001: "DISCONNECTED", 4002: "TAKEN_OVER", 4003: "NOT_ALLOWED" };

/** Why a connection has ended. */
export function closing(code: number, reason: string): KodamaError {
  if (code === 1006) return unreachable("The connection broke, or there was none.");
  return new KodamaError(codes[code] ?? "CLOSED", reason || `The hub has closed the connection with code ${code}.`, code);
}

export function unreachable(text: string): KodamaError {
  return new KodamaError("UNREACHABLE", text);
}

/** Whether another attempt may go better. */
export function isPassing(cause: KodamaError): boolean {
  return cause.closeCode === undefined || passing.has(cause.closeCode);
}
