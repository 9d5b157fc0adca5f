import { Backoff } from './backoff';
import { Batch } from './Batch';
import { decodeError, decodeEvent, eventTypes, type HubEvent } from './wire';

export type FeedState =
  | { kind: 'connecting' }
  | { kind: 'live' }
  | { kind: 'waiting' }
  /** The authenticator said no, or another guard that is not of the hub: a token or a login may help. */
  | { kind: 'denied'; message: string }
  /** The hub answered that the request is wrong; asking again would not help. */
  | { kind: 'failed'; message: string };

/** A stream that ticked each second and then fell silent this long is dead, whatever TCP believes. */
const silence = 10_000;
/** After missed events the stream is opened anew for a whole snapshot, at most this often. */
const reopenDelay = 3_000;

/** `GET api/events`, kept open: reconnects with backoff and tells a refusal from a failure, which EventSource alone does not. */
export class EventFeed {
  private source: EventSource | undefined;
  private readonly batch: Batch<HubEvent>;
  private silenceTimer: ReturnType<typeof setTimeout> | undefined;
  private reopenTimer: ReturnType<typeof setTimeout> | undefined;
  private probe: AbortController | undefined;
  private readonly backoff = new Backoff(() => this.connect());

  constructor(
    private readonly url: () => string,
    onEvents: (events: HubEvent[]) => void,
    private readonly onState: (state: FeedState) => void,
  ) {
    this.batch = new Batch(onEvents);
  }

  start(): void {
    this.connect();
  }

  stop(): void {
    this.backoff.cancel();
    this.close();
  }

  hurry(): void {
    this.backoff.hurry();
  }

  private connect(): void {
    this.close();
    this.onState({ kind: 'connecting' });
    const source = (this.source = new EventSource(this.url()));
    for (const type of eventTypes) source.addEventListener(type, event => this.receive(decodeEvent(type, event.data as string)));
    source.onerror = () => void this.lost();
  }

  private receive(event: HubEvent): void {
    this.batch.add(event);
    if (event.type === 'snapshot') this.batch.flush();
    if (event.type === 'snapshot') {
      this.backoff.opened();
      this.onState({ kind: 'live' });
    } else if (event.type === 'stats') {
      clearTimeout(this.silenceTimer);
      this.silenceTimer = setTimeout(() => void this.lost(), silence);
    } else if (event.type === 'missed') {
      this.reopenTimer ??= setTimeout(() => this.connect(), reopenDelay);
    }
  }

  private async lost(): Promise<void> {
    this.close();
    this.onState({ kind: 'waiting' });
    const probe = (this.probe = new AbortController());
    const refusal = await askWhy(this.url(), probe.signal);
    if (probe.signal.aborted) return;
    if (refusal) this.onState(refusal);
    else this.backoff.failed();
  }

  private close(): void {
    this.probe?.abort();
    this.source?.close();
    this.source = undefined;
    this.batch.end();
    clearTimeout(this.silenceTimer);
    clearTimeout(this.reopenTimer);
    this.reopenTimer = undefined;
  }
}

/** Asks for the stream once more, in a way that shows the answer's status. */
async function askWhy(url: string, signal: AbortSignal): Promise<FeedState | undefined> {
  const request = new AbortController();
  const abort = () => request.abort();
  signal.addEventListener('abort', abort);
  const deadline = setTimeout(abort, 5_000);
  try {
    const answer = await fetch(url, { headers: { accept: 'text/event-stream' }, signal: request.signal, cache: 'no-store' });
    if (answer.status < 400 || answer.status >= 500 || answer.status === 408 || answer.status === 429) return undefined;
    const { code, message } = decodeError(await answer.json().catch(() => undefined));
    const denied = (answer.status === 401 || answer.status === 403) && (code === '' || code === 'AUTHENTICATION_FAILED');
    return { kind: denied ? 'denied' : 'failed', message };
  } catch {
    return undefined;
  } finally {
    clearTimeout(deadline);
    signal.removeEventListener('abort', abort);
    abort();
  }
}
