import { within } from "./deadline.mjs";

// What somebody has been told, in order, until a scenario asks for it. Nothing is missed, however late the question comes.
export class Inbox {
  #entries = [];
  #readers = [];

  constructor(owner) {
    this.owner = owner;
  }

  put(name, content) {
    this.#entries.push({ name, content });
    for (const read of [...this.#readers]) read();
  }

  // The next of this name; others stay.
  take(name) {
    return this.first(name).then(entry => entry.content);
  }

  // The next of one of these names, with its name.
  first(...names) {
    return this.#wait(names.join(" or "), () => {
      const index = this.#entries.findIndex(entry => names.includes(entry.name));
      return index < 0 ? undefined : this.#entries.splice(index, 1)[0];
    });
  }

  // All that came before the next of this name, which is taken too.
  until(name) {
    return this.#wait(name, () => {
      const index = this.#entries.findIndex(entry => entry.name === name);
      return index < 0 ? undefined : this.#entries.splice(0, index + 1).slice(0, -1);
    }).then(entries => entries.map(entry => [entry.name, ...entry.content]));
  }

  // All that has come, without waiting for anything.
  takeAll() {
    return this.#entries.splice(0).map(entry => [entry.name, ...entry.content]);
  }

  #wait(name, look) {
    const found = new Promise(resolve => {
      const read = () => {
        const entry = look();
        if (entry === undefined) return;
        this.#readers = this.#readers.filter(reader => reader !== read);
        resolve(entry);
      };
      this.#readers.push(read);
      read();
    });
    return within(found, () => `"${name}" for ${this.owner}, which has ${JSON.stringify(this.#entries).slice(0, 1000)}`);
  }
}
