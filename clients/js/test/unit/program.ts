// A program that uses what there is; it is compiled, and never run.
import { connect, type Hub, KodamaError, type Message } from "../../dist/kodama";

export async function program(hub: Hub = connect({ details: { name: "Yui" } })): Promise<string[]> {
  const room = hub.room("lounge", { last: 50, presence: true });
  const stop = room.on("message", (message: Message) => message.text?.trim());
  room.on("presence", change => change.action !== "list" && change.member.data);
  await room.publish({ event: "move", args: [1, 2] });
  await room.publish(new Uint8Array(2));
  const told: string[] = [];
  for await (const item of room.messages()) told.push(item.type === "gap" ? `${item.missed}` : item.room);
  stop();
  await room.leave().catch((error: unknown) => error instanceof KodamaError && error.code);
  return told;
}
