import { expect, test } from "vitest";
import { FakeHub } from "../support/fake-hub";

test("A reader gets messages and gaps in order, as they come and as they wait", async () => {
  const { hub, lounge } = FakeHub.seated();
  const reader = lounge.messages();
  const first = reader.next();
  hub.message(1, "a");
  hub.mark(9, { gap: 4 });
  hub.message(10, "b");
  expect(await first).toMatchObject({ value: { type: "message", text: "a" } });
  expect(await reader.next()).toEqual({ done: false, value: { type: "gap", room: "lounge", from: "e:4", to: "e:9", missed: undefined } });
  expect(await reader.next()).toMatchObject({ value: { text: "b" } });
});

test("A slow reader is told how many it has missed, in their place", async () => {
  const { hub, lounge } = FakeHub.seated();
  const reader = lounge.messages({ limit: 2 });
  hub.message(1, "a");
  await reader.next();
  for (let i = 2; i <= 6; i++) hub.message(i, `${i}`);
  expect(await reader.next()).toEqual({ done: false, value: { type: "gap", room: "lounge", from: "e:1", to: "e:4", missed: 3 } });
  expect(await reader.next()).toMatchObject({ value: { text: "5" } });
  expect(await reader.next()).toMatchObject({ value: { text: "6" } });
});

test("A loop that is left gets nothing more, and others go on", async () => {
  const { hub, lounge } = FakeHub.seated();
  const [one, other] = [lounge.messages(), lounge.messages()];
  hub.message(1, "a");
  hub.message(2, "b");
  for await (const _ of one) break;
  expect(await one.next()).toEqual({ done: true, value: undefined });
  expect(await other.next()).toMatchObject({ value: { text: "a" } });
  const left = lounge.leave();
  hub.socket.answer(hub.socket.asked("leave")[0]);
  await left;
  expect(await other.next()).toMatchObject({ value: { text: "b" } });
  expect(await other.next()).toEqual({ done: true, value: undefined });
});

test("A limit of none is refused", () => {
  expect(() => FakeHub.seated().lounge.messages({ limit: 0 })).toThrow("at least 1");
});
