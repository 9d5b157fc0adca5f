import { expect } from "vitest";
import type { History } from "../../src/api/messages";

/** What a speaker has noted by the end. */
export interface Notes {
  name: string;
  /** Position and text. */
  heard: string[];
  /** Where its messages are, as their acknowledgements said, in the order in which they were said. */
  positions: string[];
  gaps: number;
  state: Record<string, string>;
}

/** That a room in which each has said so many numbers, and then "end", has all of them once and in order, and that each has heard it so. */
export function expectWhole(said: History, all: Notes[], count: number): void {
  expect(said.gap).toBe(false);
  const places = new Map(said.messages.map(({ text, position }) => [text, position]));
  for (const { name, heard, positions, gaps, state } of all) {
    const [own, others] = [true, false].map(isOwn => said.messages.filter(({ text }) => text!.startsWith(`${name} `) === isOwn));
    const texts = [...Array.from({ length: count }, (_, i) => `${name} ${i}`), `${name} end`];
    expect(own!.map(({ text }) => text), `what ${name} has said`).toEqual(texts);
    expect(heard, `what ${name} has heard`).toEqual(others!.map(({ text, position }) => `${position} ${text}`));
    expect(positions, `where ${name}'s messages are`).toEqual(texts.map(text => places.get(text)));
    expect(gaps).toBe(0);
    expect(state).toEqual(Object.fromEntries(all.map(speaker => [speaker.name, "end"])));
  }
}
