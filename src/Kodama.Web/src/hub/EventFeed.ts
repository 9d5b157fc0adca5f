import { Backoff } from './backoff';
import { Batch } from './Batch';
import { readEvents } from './sse';
import { decodeError, decodeEvent, isEventType, type HubEvent } from './wire';

export type FeedState =
  | { kind: 'connecting' }
  | { kind: 'live' }
  | { kind: 'waiting' }
  /** The authenticator said no, or another guard that is not of the hub: a token or a login may help. */
  | { kind: 'denied'; message: string }
  /** The hub answered that the request is wrong; asking again would not help. */
  | { kind: 'failed'; message: string };

export interface FeedRequest {
  url: string;
  headers?: Record<string, string>;
}

/** A stream ticks each second: one that is silent this long, or does not begin, is dead, whatever TCP believes. */
const silence = 10_000;
/** After missed events the stream is opened anew for a whole snapshot, at most this often. */
const reopenDelay = 3_000;

/** `GET api/events`, kept open: reconnects with backoff, and tells a refusal from a failure. */
export class EventFeed {
  private attempt: AbortController | undefined;
  private readonly batch: Batch<HubEvent>;
  private silenceTimer: ReturnType<typeof setTimeout> | undefined;
  private reopenTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly backoff = new Backoff(() => void this.connect());

  constructor(
    private readonly request: () => FeedRequest,
    onEvents: (events: HubEvent[]) => void,
    private readonly onState: (state: FeedState) => void,
  ) {
    this.batch = new Batch(onEvents);
  }

  start(): void {
    void this.connect();
  }

  stop(): void {
    this.backoff.cancel();
    this.close();
  }

  hurry(): void {
    this.backoff.hurry();
  }

  private async connect(): Promise<void> {
    this.close();
    const attempt = (this.attempt = new AbortController());
    this.onState({ kind: 'connecting' });
    this.heard();
    const refusal = await this.follow(attempt.signal).catch(() => undefined);
    if (this.attempt !== attempt) return;
    if (refusal) {
      this.close();
      this.onState(refusal);
    } else {
      this.lost();
    }
  }

  /** Ends with the stream; with what the hub said, where it refused to open one. */
  private async follow(signal: AbortSignal): Promise<FeedState | undefined> {
    const { url, headers } = this.request();
    const answer = await fetch(url, { headers: { accept: 'text/event-stream', ...headers }, signal, cache: 'no-store' });
    if (!answer.ok || !answer.body) return refusalOf(answer);
    await readEvents(answer.body, (name, data) => {
      if (!signal.aborted && isEventType(name)) this.receive(decodeEvent(name, data));
    });
    return undefined;
  }

  private receive(event: HubEvent): void {
    this.heard();
    this.batch.add(event);
    if (event.type === 'snapshot') {
      this.batch.flush();
      this.backoff.opened();
      this.onState({ kind: 'live' });
    } else if (event.type === 'missed') {
      this.reopenTimer ??= setTimeout(() => void this.connect(), reopenDelay);
    }
  }

  private heard(): void {
    clearTimeout(this.silenceTimer);
    this.silenceTimer = setTimeout(() => this.lost(), silence);
  }

  private lost(): void {
    this.close();
    this.onState({ kind: 'waiting' });
    this.backoff.failed();
  }

  private close(): void {
    this.attempt?.abort();
    this.attempt = undefined;
    this.batch.end();
    clearTimeout(this.silenceTimer);
    clearTimeout(this.reopenTimer);
    this.reopenTimer = undefined;
  }
}

async function refusalOf(answer: Response): Promise<FeedState | undefined> {
  const { status } = answer;
  if (status < 400 || status >= 500 || status === 408 || status === 429) return undefined;
  const { code, message } = decodeError(await answer.json().catch(() => undefined));
  const denied = (status === 401 || status === 403) && (code === '' || code === 'AUTHENTICATION_FAILED');
  return { kind: denied ? 'denied' : 'failed', message };
}
