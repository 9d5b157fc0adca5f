import { Backoff } from '../hub/backoff';
import { EventFeed, type FeedState } from '../hub/EventFeed';
import { ownDetail } from '../hub/names';
import type { Urls } from '../hub/urls';
import type { HubEvent } from '../hub/wire';
import { Store } from '../ui/store';
import { connecting, discard, emptyTalk, expire, gone, receive, sendAgain, sent, write, type Talk } from './talk';

export type Status =
  | { kind: 'connecting' }
  | { kind: 'online' }
  | { kind: 'waiting' }
  /** The hub ended it and says why; only a person may try again. */
  | { kind: 'ended'; code: number; reason: string }
  | { kind: 'denied'; message: string }
  | { kind: 'failed'; message: string }
  /** The hub answers, but handshake after handshake fails. */
  | { kind: 'refused' };

/** Whether only a person can bring us back into the room. */
export function isOver({ kind }: Status): boolean {
  return kind !== 'connecting' && kind !== 'online' && kind !== 'waiting';
}

/** Close codes after which coming back by itself would be wrong: normal, policy, refused, disconnected by the hub's program. */
const final = new Set([1000, 1008, 3000, 4001]);
/** Far longer than a round trip on a LAN. */
const confirmationDeadline = 8_000;
/** So many handshakes in a row that fail under a live stream are no accident of the network, which would have ended the stream too. */
const mostRefusals = 5;

/**
 * A seat in a room: the event stream shows the room in its total order, the WebSocket makes us a peer in it. The socket opens only under a
 * live stream, so that our own join and all that follows is seen.
 */
export class Session {
  readonly talk = new Store<Talk>(emptyTalk);
  readonly status = new Store<Status>({ kind: 'connecting' });
  private readonly feed: EventFeed;
  private readonly backoff = new Backoff(() => this.connect());
  private socket: WebSocket | undefined;
  private live = false;
  private refusals = 0;
  private expiry: ReturnType<typeof setInterval> | undefined;

  constructor(
    readonly name: string,
    readonly room: string,
    /** Asked at each attempt, as the token may have come since. */
    private readonly urls: () => Urls,
  ) {
    this.feed = new EventFeed(
      () => urls().api('events', { room }),
      events => this.receive(events),
      state => this.onFeed(state),
    );
  }

  start(): void {
    this.refusals = 0;
    this.status.set({ kind: 'connecting' });
    this.feed.start();
    this.expiry ??= setInterval(() => this.talk.set(expire(this.talk.value, Date.now() - confirmationDeadline)), 1_000);
  }

  stop(): void {
    clearInterval(this.expiry);
    this.expiry = undefined;
    this.feed.stop();
    this.backoff.cancel();
    this.live = false;
    this.drop();
  }

  hurry(): void {
    this.feed.hurry();
    this.backoff.hurry();
  }

  send(text: string): void {
    this.talk.set(write(this.talk.value, text));
    this.flush();
  }

  sendAgain(key: number): void {
    this.talk.set(sendAgain(this.talk.value, key));
    this.flush();
  }

  discard(key: number): void {
    this.talk.set(discard(this.talk.value, key));
  }

  private onFeed(state: FeedState): void {
    this.live = state.kind === 'live';
    if (!this.live) this.refusals = 0;
    if (this.live) {
      if (this.socket) this.settle();
      else this.connect();
    } else if (state.kind === 'denied' || state.kind === 'failed') {
      this.drop();
      this.talk.set(gone(this.talk.value));
      this.status.set(state);
    } else if (state.kind === 'waiting' || this.status.value.kind !== 'connecting') {
      // Only the very first attempt is called one; after a failure it stays "waiting" until we are in, as each change is read aloud.
      this.status.set(waiting);
    }
  }

  private receive(events: HubEvent[]): void {
    const before = this.talk.value.me;
    this.talk.set(receive(this.talk.value, events));
    if (before !== '' && this.talk.value.me === '' && this.socket?.readyState === WebSocket.OPEN) {
      // The room has lost us and the socket has not noticed, as after a phone's sleep. If a close is on its way, it comes before the retry.
      this.status.set(waiting);
      this.backoff.failed();
    } else {
      this.settle();
    }
  }

  private connect(): void {
    this.drop();
    if (!this.live) return;
    const nonce = randomNonce();
    this.talk.set(connecting(this.talk.value, nonce));
    const socket = (this.socket = new WebSocket(this.urls().socket(this.room, { name: this.name, [ownDetail]: nonce })));
    socket.binaryType = 'arraybuffer';
    let opened = false;
    socket.onopen = () => {
      opened = true;
      this.backoff.opened();
      this.settle();
    };
    socket.onclose = event => this.closed(event, opened);
  }

  /** Online is: the socket is open and the stream has shown us our own join. Then what waited goes out. */
  private settle(): void {
    if (!this.live || this.socket?.readyState !== WebSocket.OPEN || this.talk.value.me === '') return;
    this.status.set(online);
    this.flush();
  }

  private flush(): void {
    if (this.status.value.kind !== 'online' || this.socket?.readyState !== WebSocket.OPEN || this.talk.value.me === '') return;
    const queued = this.talk.value.outgoing.filter(one => one.state === 'queued');
    if (queued.length === 0) return;
    for (const one of queued) this.socket.send(one.text);
    this.talk.set(sent(this.talk.value, Date.now()));
  }

  private closed(event: CloseEvent, opened: boolean): void {
    this.socket = undefined;
    this.refusals = opened ? 0 : this.refusals + 1;
    if (final.has(event.code)) {
      this.end({ kind: 'ended', code: event.code, reason: event.reason });
    } else if (this.refusals >= mostRefusals) {
      this.end({ kind: 'refused' });
    } else {
      this.status.set(waiting);
      this.backoff.failed();
    }
  }

  private end(why: Status): void {
    this.stop();
    this.talk.set(gone(this.talk.value));
    this.status.set(why);
  }

  private drop(): void {
    this.backoff.cancel();
    if (!this.socket) return;
    this.socket.onopen = this.socket.onclose = null;
    this.socket.close(1000);
    this.socket = undefined;
  }
}

const online: Status = { kind: 'online' };
const waiting: Status = { kind: 'waiting' };

/** 96 random bits. Not `randomUUID`, which a page from a plain-HTTP address does not have. */
function randomNonce(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), byte => byte.toString(16).padStart(2, '0')).join('');
}
