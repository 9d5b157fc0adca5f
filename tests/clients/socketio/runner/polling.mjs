import { request } from "./http.mjs";

export const path = "/socket.io/?EIO=4&transport=polling";

// A session by hand, as far as its open packet.
export async function open(server, query = "", headers = {}) {
  const answer = await request(server, path + query, { headers });
  const [, sid] = /"sid\\?":\\?"([^"\\]+)/.exec(answer.body);
  const url = `${path}${query}&sid=${sid}`;
  return {
    sid,
    answer,
    get: more => request(server, url, { headers: { ...headers, ...more } }),
    post: (body, more) => request(server, url, {
      method: "POST",
      headers: { "Content-Type": "text/plain;charset=UTF-8", ...headers, ...more },
      body,
    }),
  };
}
