import type { Acknowledgement, Payload } from "../api/messages";
import type { Change, WhenCut } from "../changes/change";
import type { Ids } from "../changes/ids";
import { say } from "../changes/payload";
import type { ChangeQueue } from "../changes/queue";
import type { Frame } from "../connection/frames";
import type { Seat } from "./seat";

/** What a request says beside the room and the payload. */
interface Request {
  type: string;
  id?: string;
  key?: string;
  [member: string]: unknown;
}

/** Makes what is asked of a room: its JSON, its place in the queue, and the promise of its answer. */
export class Requests {
  constructor(
    private readonly room: string,
    private readonly seat: Seat,
    private readonly queue: ChangeQueue,
    private readonly ids: Ids,
  ) {}

  /** Something that happens once, however often it is said. */
  change(members: Request, payload?: Payload, done?: (change: Change) => void): Promise<Acknowledgement> {
    const read = (answer: Frame, change: Change) => {
      done?.(change);
      return acknowledgement(answer);
    };
    return this.ask({ ...members, id: this.ids.next() }, read, "again", payload);
  }

  /** `read` is called with the answer before anything else is told. */
  ask<T>(members: Request, read: (answer: Frame, change: Change) => T, whenCut: WhenCut = "again", payload?: Payload): Promise<T> {
    const { ended, isLeaving } = this.seat;
    if (ended || isLeaving) throw ended ?? this.seat.leaving();
    const said = payload === undefined ? undefined : say(payload);
    const json = JSON.stringify({ ...members, room: this.room, ...said?.members }).slice(0, -1);
    return new Promise((resolve, reject) => {
      const done = (answer: Frame) => resolve(read(answer, change));
      const change: Change = { json, bytes: said?.bytes, id: members.id, key: members.key, whenCut, done, failed: reject };
      this.queue.add(change);
      this.seat.proceed();
    });
  }
}

export function acknowledgement({ position, duplicate = false }: Frame): Acknowledgement {
  return { position, duplicate };
}
