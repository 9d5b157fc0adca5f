import type { Acknowledgement, Hub, HubEvents, KodamaError, Member, Message, Room, RoomEvents, Status } from 'kodama-client';
import type { connect } from 'kodama-client';

type Handlers<E> = { [K in keyof E]?: E[K] };

interface Said {
  text: unknown;
  acknowledge(position: string): void;
  refuse(code: string, text?: string): void;
}

/** kodama-client as a page sees it, driven by the test. */
export class FakeHub {
  static all: FakeHub[] = [];
  static get last(): FakeHub {
    return FakeHub.all.at(-1)!;
  }

  readonly room = new FakeRoom();
  roomOptions: unknown;
  closed = false;
  peer: string | undefined;
  session: string | undefined;
  private readonly handlers: Handlers<HubEvents> = {};

  constructor(
    readonly url: string,
    readonly options: { details: Record<string, string>; token: () => string; WebSocket: new (url: string, protocols: string) => object },
  ) {
    FakeHub.all.push(this);
  }

  static open = ((url: string, options: never) => new FakeHub(url, options).hub) as unknown as typeof connect;

  get hub(): Hub {
    return {
      on: (event: keyof HubEvents, handler: never) => (this.handlers[event] = handler),
      room: (_name: string, options: unknown) => {
        this.roomOptions = options;
        return this.room as unknown as Room;
      },
      close: () => {
        this.closed = true;
        return Promise.resolve();
      },
      get peer() {
        return FakeHub.last.peer;
      },
      session: 'me',
    } as unknown as Hub;
  }

  tell(status: Status, cause?: { code: string; text: string; closeCode?: number }): void {
    this.handlers.status?.(status, cause as KodamaError | undefined);
  }

  /** The hub lets the client into the room. */
  async admit(): Promise<void> {
    this.peer = 'peer';
    this.tell('connected');
    this.room.join();
    await settled();
  }
}

export class FakeRoom {
  position: string | undefined;
  members = new Map<string, Member>();
  said: Said[] = [];
  pages: { asked: unknown; answer: (page: { messages: Message[]; position?: string; more?: boolean; gap?: boolean }) => void }[] = [];
  join!: () => void;
  readonly joined = new Promise<void>(join => (this.join = join));
  private readonly handlers: Handlers<RoomEvents> = {};

  on(event: keyof RoomEvents, handler: never): void {
    this.handlers[event] = handler;
  }

  enter = () => Promise.resolve();

  publish(text: unknown): Promise<Acknowledgement> {
    return new Promise((resolve, reject) =>
      this.said.push({
        text,
        acknowledge: position => resolve({ position, duplicate: false }),
        refuse: (code, text = '') => reject({ code, text }),
      }),
    );
  }

  history(asked: unknown): Promise<unknown> {
    return new Promise(resolve =>
      this.pages.push({ asked, answer: page => resolve({ position: 'e:0', more: false, gap: false, ...page }) }),
    );
  }

  tell<E extends keyof RoomEvents>(event: E, ...values: Parameters<RoomEvents[E]>): void {
    (this.handlers[event] as (...values: unknown[]) => void)(...values);
  }

  hear(...messages: Message[]): void {
    for (const message of messages) this.tell('message', message);
  }
}

export const kodamaMessage = (from: string, text: string, offset: number, own = false): Message => ({
  type: 'message',
  room: 'lobby',
  event: 'message',
  from,
  name: from,
  id: undefined,
  time: offset * 1000,
  position: 'e:' + offset,
  transient: false,
  direct: false,
  own,
  text,
  args: undefined,
  bytes: undefined,
});

export const member = (id: string, name: string, own = false): Member => ({ id, name, data: null, time: 0, position: 'e:1', own });

/** What was promised has happened. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
}
