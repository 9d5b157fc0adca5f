import { KodamaError } from "../api/error";

// How long an answer may take, in ms.
const patience = 5000;

/**
 * Why a handshake was refused, where that is for good and can be found out: a browser tells nothing of it, so the hub is asked over HTTP.
 * @param mayBeForeign Whether the page's origin may be one that the hub does not know: it was never let in.
 */
export async function findRefusal(dialled: string, mayBeForeign: boolean): Promise<KodamaError | undefined> {
  const url = new URL(dialled);
  if (!url.pathname.endsWith("/ws")) return undefined;
  url.protocol = url.protocol.replace("ws", "http");
  const ask = async (path: string) => {
    const asked = new URL(path, url);
    const answer = await fetch(asked, { signal: AbortSignal.timeout(patience), cache: "no-store" });
    return (await answer.json()) as { status?: string; error?: { code: string; message: string } };
  };
  const token = url.searchParams.get("token");
  try {
    const { error } = await ask("api/peers?room=kodama-client" + (token ? "&token=" + encodeURIComponent(token) : ""));
    return error?.code === "AUTHENTICATION_FAILED" ? new KodamaError(error.code, error.message) : undefined;
  } catch {
    const page = globalThis.location?.origin;
    if (!mayBeForeign || !page || page === url.origin) return undefined;
    const isThere = await ask("health").then(answer => answer.status !== undefined, () => false);
    const text = `The hub does not let pages of ${page} in: allow it there (--origin ${page}).`;
    return isThere ? new KodamaError("ORIGIN_NOT_ALLOWED", text) : undefined;
  }
}
