import type { WebSocketConstructor } from 'kodama-client';

/** A hub's bound for a message, until it has said its own. */
const usualLimit = 1024 * 1024;

/** The socket under kodama-client, watched: how much of what was given to it has not left, and how much the hub takes in a frame. */
export class Wire {
  /** Bytes. */
  limit = usualLimit;
  private socket: WebSocket | undefined;

  /** Bytes that were given to the socket and have not left it. */
  get unsent(): number {
    return this.socket?.bufferedAmount ?? 0;
  }

  /** What kodama-client makes its sockets with. */
  get constructorOfSockets(): WebSocketConstructor {
    const follow = (socket: WebSocket) => this.follow(socket);
    return function (url: string, protocols: string) {
      const socket = new WebSocket(url, protocols);
      follow(socket);
      return socket;
    } as unknown as WebSocketConstructor;
  }

  private follow(socket: WebSocket): void {
    this.socket = socket;
    const hello = ({ data }: MessageEvent<unknown>) => {
      try {
        const { limits } = JSON.parse(String(data)) as { limits?: { frame?: number } };
        this.limit = limits?.frame ?? usualLimit;
      } catch {
        // No hub: kodama-client says so.
      }
    };
    socket.addEventListener('message', hello, { once: true });
  }
}
