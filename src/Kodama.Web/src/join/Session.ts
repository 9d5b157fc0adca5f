import { connect, type History, type Hub, type KodamaError, type Room } from 'kodama-client';
import type { Message as KodamaMessage, Status as KodamaStatus } from 'kodama-client';
import { Batch } from '../hub/Batch';
import { argsOf, fileEvent } from '../hub/files';
import { nameOf } from '../hub/names';
import type { Urls } from '../hub/urls';
import { decodeError, decodePeers, placeOf, type Message, type Payload, type Peer } from '../hub/wire';
import { tabStorage } from '../ui/memory';
import { Store } from '../ui/store';
import { mostBytes, prepare } from './attach';
import { Others } from './Others';
import { people, v1Door, type Person } from './people';
import { said } from './said';
import { beginning, discard, emptyTalk, hear, mark, mayHaveEarlier, pageSize, recall, sendAgain, write } from './talk';
import type { Heard, Outgoing, Talk, Way } from './talk';
import { Wire } from './Wire';

export type Status =
  | { kind: 'connecting' }
  | { kind: 'online' }
  | { kind: 'waiting' }
  | { kind: 'denied'; message: string }
  /** Only a person may try again. `reason` is the hub's. */
  | { kind: 'ended'; why: Ending; reason: string };

/** Refused; the connection was ended; out of the room; it does not open; the session goes on elsewhere; no WebSocket comes through. */
export type Ending = 'refused' | 'ended' | 'left' | 'closed' | 'elsewhere' | 'blocked';

/** A text that a reload must not lose. `since` is there if it had been sent, and may have arrived. */
export type Unsent = Pick<Outgoing, 'text' | 'since'>;

/** Whether only a person can bring us back into the room. */
export function isOver({ kind }: Status): boolean {
  return kind === 'ended' || kind === 'denied';
}

/** After so many handshakes in a row that failed the hub is asked over HTTP: if it answers, it was no accident of the network. */
const mostFailures = 5;
/** After these nobody knows whether the hub has a text; after all others it has not. */
const noAnswer = new Set(['OUTCOME_UNKNOWN', 'CLOSED', 'LEFT', 'UNREACHABLE', 'AUTHENTICATION_FAILED']);

const connecting: Status = { kind: 'connecting' };
const online: Status = { kind: 'online' };
const waiting: Status = { kind: 'waiting' };

/** A seat in a room, over all connections: kodama-client makes them, and tells everything once and in order. */
export class Session {
  readonly talk = new Store<Talk>(emptyTalk);
  readonly status = new Store<Status>(connecting);
  readonly people = new Store<readonly Person[]>([]);
  private readonly heard = new Batch<Heard>(heard => this.talk.set(hear(this.talk.value, heard)));
  private readonly others = new Others(
    () => this.askPeers(),
    before => this.compare(before),
  );
  private readonly wire = new Wire();
  private hub: Hub | undefined;
  private seat: Room | undefined;
  private isIn = false;
  private failures = 0;
  private answers = 0;
  private progress: ReturnType<typeof setInterval> | undefined;

  constructor(
    readonly name: string,
    readonly room: string,
    /** Asked at each attempt, as the token may have come since. */
    private readonly urls: () => Urls,
    unsent: readonly Unsent[] = [],
    private readonly open: typeof connect = connect,
  ) {
    for (const { text, since } of unsent) {
      this.talk.set(write(this.talk.value, text));
      if (since !== undefined) this.mark(this.talk.value.outgoing.at(-1)!.key, { state: 'unconfirmed', since });
    }
  }

  start(): void {
    this.stop();
    this.status.set(connecting);
    this.failures = this.answers = 0;
    const { position } = this.seat ?? {};
    const session = tabStorage();
    const token = () => this.urls().token;
    const hub = this.open(this.urls().endpoint(), {
      details: { name: this.name },
      token,
      ...(session && { session }),
      WebSocket: this.wire.constructorOfSockets,
    });
    const room = hub.room(this.room, { ...(position === undefined ? { last: pageSize } : { after: position }), presence: true });
    [this.hub, this.seat, this.isIn] = [hub, room, false];
    this.listen(hub, room);
  }

  stop(): void {
    const { hub } = this;
    this.hub = undefined;
    this.others.stop();
    this.heard.end();
    void hub?.close();
  }

  send(text: string): void {
    this.talk.set(write(this.talk.value, text));
    this.flush();
  }

  /** Sends a file, if need be smaller, or says why not. */
  async sendFile(file: File): Promise<void> {
    const { name, type, size: length } = file;
    this.talk.set(write(this.talk.value, '', { name, type, length, data: '' }));
    const { key } = this.talk.value.outgoing.at(-1)!;
    this.mark(key, { state: 'preparing' });
    const prepared = await prepare(file, this.wire.limit).catch(() => undefined);
    if (prepared) this.mark(key, { state: 'queued', file: prepared });
    else this.mark(key, { state: 'refused', reason: '', most: mostBytes(this.wire.limit) });
    this.flush();
  }

  sendAgain(key: number): void {
    this.talk.set(sendAgain(this.talk.value, key));
    this.flush();
  }

  discard(key: number): void {
    this.talk.set(discard(this.talk.value, key));
  }

  /** Shows a page of what was said before. */
  async recall(): Promise<void> {
    const before = beginning(this.talk.value);
    const may = mayHaveEarlier(this.talk.value) && this.talk.value.earlier === 'perhaps' && this.status.value === online;
    if (before === undefined || !may) return;
    this.talk.set({ ...this.talk.value, earlier: 'asked' });
    try {
      const { messages, more, gap } = await this.seat!.history({ before, limit: pageSize });
      this.heard.flush();
      const page = messages.map(message => ({ message: this.said(message), mine: message.own }));
      const isNext = beginning(this.talk.value) === before;
      this.talk.set(isNext ? recall(this.talk.value, page, more, gap) : { ...this.talk.value, earlier: 'perhaps' });
    } catch (error) {
      this.talk.set({ ...this.talk.value, earlier: (error as KodamaError).code === 'NOT_ALLOWED' ? 'none' : 'perhaps' });
    }
  }

  private listen(hub: Hub, room: Room): void {
    // What an earlier attempt still has to say is of no interest any more.
    const now = <A extends unknown[]>(act: (...values: A) => void) => (...values: A) => {
      if (this.hub === hub) act(...values);
    };
    hub.on('status', now((status, cause) => this.follow(status, cause)));
    room.on('message', now(message => this.heard.add({ type: 'message', message: this.said(message), mine: message.own })));
    room.on('gap', now(() => this.heard.add({ type: 'gap' })));
    room.on('presence', now(change => {
      if (change.action === 'enter' || change.action === 'leave') {
        const { id, name = '', own, time } = change.member;
        if (!own) this.note(change.action === 'enter' ? 'join' : 'leave', nameOf({ id, details: { name } }), time);
      }
      this.tellPeople();
      this.others.soon();
    }));
    room.on('left', now(({ text }) => this.end({ kind: 'ended', why: this.isIn ? 'left' : 'closed', reason: text })));
    room.joined.then(now(() => {
      this.isIn = true;
      // Where the rules of the room let nobody be present, one is there all the same.
      room.enter(null).catch(() => undefined);
      this.cameIn();
    }), () => undefined);
  }

  private follow(status: KodamaStatus, cause: KodamaError | undefined): void {
    if (status === 'connected') {
      this.failures = this.answers = 0;
      if (this.isIn) this.cameIn();
    } else if (status === 'closed') {
      if (cause) this.end(reasonOf(cause));
    } else if (cause) {
      // Only the very first attempt is called one; after a failure it stays "waiting" until we are in, as each change is read aloud.
      this.others.stop();
      this.status.set(waiting);
      if (++this.failures >= mostFailures) void this.askWhy();
    }
  }

  private cameIn(): void {
    this.status.set(online);
    this.others.start();
    this.tellPeople();
    const lost = this.talk.value.outgoing.filter(one => one.state === 'unconfirmed' && one.since && !one.file);
    void this.lookFor(lost).then(() => this.flush());
  }

  /** Gives what is queued to the client, which takes 8 MiB: of files one at a time, and what was written after it behind it. */
  private flush(): void {
    if (!this.hub || this.status.value !== online) return;
    const { outgoing } = this.talk.value;
    let isBusy = outgoing.some(one => one.file && one.state === 'sent');
    for (const one of outgoing) {
      if (one.state !== 'queued') continue;
      if (isBusy) return;
      isBusy = one.file !== undefined;
      void this.publish(one);
    }
  }

  private async publish({ key, text, file }: Outgoing): Promise<void> {
    const [hub, room] = [this.hub!, this.seat!];
    this.mark(key, { state: 'sent', ...(room.position !== undefined && { since: room.position }) });
    try {
      if (file) this.watchProgress();
      const { position } = await room.publish(file ? { event: fileEvent, args: argsOf(file) } : text);
      const [epoch, offset] = placeOf(position);
      const from = { id: hub.session ?? '', details: { name: this.name } };
      const payload: Payload = file ? { kind: 'file', file } : { kind: 'text', text, cut: false, length: text.length };
      const message: Message = { room: this.room, epoch, offset, time: Date.now(), event: file ? fileEvent : 'message', from, payload };
      this.heard.flush();
      this.talk.set(hear(discard(this.talk.value, key), [{ type: 'message', message, mine: true }]));
    } catch (error) {
      const { code, text: reason, closeCode } = error as KodamaError;
      const isUnknown = noAnswer.has(code) || closeCode !== undefined;
      this.mark(key, isUnknown ? { state: 'unconfirmed' } : { state: 'refused', reason });
    }
    if (file) this.flush();
  }

  private watchProgress(): void {
    this.progress ??= setInterval(() => {
      const underWay = this.talk.value.outgoing.filter(one => one.state === 'sent' && one.file);
      for (const { key, file } of underWay) this.mark(key, { progress: Math.max(0, 1 - this.wire.unsent / file!.data.length) });
      if (underWay.length > 0) return;
      clearInterval(this.progress);
      this.progress = undefined;
    }, 100);
  }

  /** Whether what was sent by an earlier connection of this session has arrived: then the room keeps it. */
  private async lookFor(lost: readonly Outgoing[]): Promise<void> {
    let after = lost[0]?.since;
    if (!after) return;
    const left = [...lost];
    try {
      for (let more = true; more && left.length > 0; ) {
        const history: History = await this.seat!.history({ after, limit: 1000 });
        for (const { own, text } of history.messages) {
          const index = own ? left.findIndex(one => one.text === text) : -1;
          if (index >= 0) this.discard(left.splice(index, 1)[0]!.key);
        }
        ({ position: after, more } = history);
      }
      for (const { key } of left) this.mark(key, { since: '' });
    } catch {
      // Asked again with the next connection; until then it is for the person to judge.
    }
  }

  /** Handshake after handshake fails. A browser hides why, so the hub is asked, twice, as it may just have come back. */
  private async askWhy(): Promise<void> {
    const { hub } = this;
    const answer = await fetch(this.urls().api('hub'), { cache: 'no-store' }).catch(() => undefined);
    if (hub !== this.hub || this.status.value !== waiting) return;
    if (answer?.status === 401 || answer?.status === 403) {
      const { message } = decodeError(await answer.json().catch(() => undefined));
      this.end({ kind: 'denied', message });
    } else {
      this.answers = answer?.ok ? this.answers + 1 : 0;
      if (this.answers > 1) this.end({ kind: 'ended', why: 'blocked', reason: '' });
    }
  }

  private async askPeers(): Promise<Peer[]> {
    const answer = await fetch(this.urls().api('peers', { room: this.room }), { cache: 'no-store' });
    if (!answer.ok) throw new Error(`api/peers answered ${answer.status}`);
    return decodePeers(await answer.json());
  }

  private compare(before: readonly Peer[] | undefined): void {
    const { peers } = this.others;
    const news = (from: readonly Peer[], to: readonly Peer[]) =>
      to.filter(peer => peer.door !== v1Door && !from.some(other => other.id === peer.id));
    if (before) {
      // Who has spoken already need not be announced.
      const spoke = new Set(this.talk.value.items.map(item => item.kind === 'message' && item.message.from?.id));
      for (const peer of news(before, peers)) if (!spoke.has(peer.id)) this.note('join', nameOf(peer), Date.now());
      for (const peer of news(peers, before)) this.note('leave', nameOf(peer), Date.now());
    }
    this.tellPeople();
  }

  private note(way: Way, name: string, time: number): void {
    this.heard.add({ type: 'presence', way, name, time });
  }

  private tellPeople(): void {
    const me = { name: this.name, peer: this.hub?.peer };
    this.people.set(people(me, this.seat?.members.values() ?? [], this.others.peers));
  }

  private said(message: KodamaMessage): Message {
    const known = this.others.peers.find(peer => peer.id === message.from);
    if (!known && message.from !== undefined && !this.seat?.members.has(message.from)) this.others.soon();
    return said(message, known);
  }

  private mark(key: number, known: Partial<Outgoing>): void {
    this.talk.set(mark(this.talk.value, key, known));
  }

  private end(why: Status): void {
    this.stop();
    this.status.set(why);
  }
}

function reasonOf({ code, text: reason }: KodamaError): Status {
  if (code === 'AUTHENTICATION_FAILED') return { kind: 'denied', message: reason };
  return { kind: 'ended', why: code === 'REFUSED' ? 'refused' : code === 'TAKEN_OVER' ? 'elsewhere' : 'ended', reason };
}
