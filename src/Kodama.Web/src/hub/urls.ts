/** Every address under the one at which a hub is mapped: the page's own, or one at which others reach it. */
export class Urls {
  private readonly base: string;

  constructor(
    base: string,
    private readonly defaultRoom: string,
    readonly token = '',
  ) {
    this.base = base.endsWith('/') ? base : base + '/';
  }

  api(path: string, query: Record<string, string> = {}): string {
    return this.withQuery(this.base + 'api/' + path, query);
  }

  /** Where every WebSocket goes whose protocol names rooms itself; without the token, which is given to each connection. */
  endpoint(): string {
    return this.base + 'ws';
  }

  /** The WebSocket of a room; the query parameters are the peer's details. */
  socket(room: string, details: Record<string, string> = {}): string {
    const path = room === this.defaultRoom ? 'ws' : 'ws/' + segment(room);
    return this.withQuery(this.base.replace(/^http/, 'ws') + path, details);
  }

  messages(room: string): string {
    return this.api(`rooms/${segment(room)}/messages`);
  }

  /** The page itself, as a link for somebody else; `name` is what it is called there, where that is not the root. */
  page(room?: string, name = ''): string {
    return this.withQuery(this.base + name, room && room !== this.defaultRoom ? { room } : {});
  }

  private withQuery(url: string, query: Record<string, string>): string {
    const search = new URLSearchParams(query);
    if (this.token) search.set('token', this.token);
    const text = search.toString();
    return text ? `${url}?${text}` : url;
  }
}

/** A page's address as others may see it. */
export function withoutToken(address: string): string {
  const url = new URL(address);
  url.searchParams.delete('token');
  return url.href;
}

/** One path segment that is also safe between the quotes of any language a snippet is written in. */
export function segment(room: string): string {
  return encodeURIComponent(room).replace(/'/g, '%27');
}

/** In UTF-16 code units, as the hub counts them: an emoji takes two or more. */
export const longestRoomName = 255;

/**
 * A room's name as the hub will take it, or null: 1 to 255 UTF-16 code units, and none that a URL cannot carry as one segment. Checked
 * here, as a browser hides from a page why a handshake was refused.
 */
export function roomName(typed: string): string | null {
  const name = typed.replace(/[\u0000-\u001f\u007f-\u009f]/g, '').trim();
  const half = /\p{Surrogate}/u;
  return name === '' || name === '.' || name === '..' || name.length > longestRoomName || half.test(name) ? null : name;
}
