/**
 * Somebody who says numbers in the hall, sets a key now and then, listens in the brook, and notes what comes; as RoomsSpeaker.cs of
 * tests/Kodama.Chaos does. Runs in Node and in pages, so it needs nothing else.
 */
export class Speaker {
  #published = 0;
  #acknowledged = [];
  #refused = [];
  #heard = [];
  #hallGaps = [];
  #brook = [];
  #brookGaps = [];
  #isStopping = false;
  #handfuls = 0;

  constructor(connect, { name, address, pause, handfuls }, tell, options = {}) {
    this.name = name;
    this.pause = pause;
    this.handfuls = handfuls;
    this.tell = event => tell(JSON.stringify({ name, ...event }));
    const hub = connect(address, {
      details: { name }, reconnect: { initial: 50, max: 400 }, ping: { interval: 2000, timeout: 4000 }, ...options,
    });
    hub.on("status", (status, cause) => this.tell({ event: "status", text: `${status} ${cause?.text ?? ""}` }));
    this.hall = hub.room("hall", { state: true, presence: true });
    this.brook = hub.room("brook");
    this.#listen(this.hall, this.#hallGaps, message => {
      this.#heard.push(`${offset(message.position)} ${message.text}`);
      if (message.text.startsWith("mark ")) this.#handfuls = this.handfuls;
    });
    this.#listen(this.brook, this.#brookGaps, message => this.#brook.push(offset(message.position)));
    hub.closed.then(error => this.tell({ event: "broken", text: `The client has ended: ${error?.text}` }));
  }

  /** When it is in both rooms. */
  async enter() {
    await Promise.all([this.hall.joined, this.brook.joined]);
    await this.hall.enter(this.name);
    this.tell({ event: "entered" });
  }

  /** Speaks in handfuls, so many a mark, of which each is acknowledged before the next, until it is stopped, and says "end" then. */
  async speak() {
    this.#handfuls = this.handfuls;
    while (!this.#isStopping) {
      if (--this.#handfuls < 0) {
        await new Promise(done => setTimeout(done, 20));
        continue;
      }
      const handful = Array.from({ length: 1 + Math.floor(Math.random() * 5) }, () => this.#publish(`${this.#published}`));
      await Promise.all([...handful, this.#set(`${this.#published}`)]);
      this.tell({ event: "acknowledged", count: this.#acknowledged.length });
      await new Promise(done => setTimeout(done, Math.random() * 2 * this.pause));
    }
    await this.#set("end");
    await this.#publish("end");
    this.tell({ event: "ended" });
  }

  stop() {
    this.#isStopping = true;
  }

  tellNotes() {
    this.tell({
      event: "notes",
      notes: {
        name: this.name, published: this.#published, acknowledged: this.#acknowledged, refused: this.#refused, heard: this.#heard,
        hallGaps: this.#hallGaps, brook: this.#brook, brookGaps: this.#brookGaps,
        members: [...this.hall.members.values()].map(({ name }) => name),
        state: Object.fromEntries([...this.hall.state].map(([key, { text }]) => [key, text])),
      },
    });
  }

  #listen(room, gaps, note) {
    room.on("message", message => {
      note(message);
      if (message.text.startsWith("mark ")) this.tell({ event: "heard", text: message.text, at: Date.now() });
    });
    room.on("gap", ({ from, to }) => gaps.push({ from: offset(from), to: offset(to) }));
    room.on("left", error => this.tell({ event: "broken", text: `It is out of room ${room.name}: ${error.text}` }));
  }

  async #publish(word) {
    this.#published++;
    const text = `${this.name} ${word}`;
    try {
      const { position } = await this.hall.publish(text);
      this.#acknowledged.push(`${offset(position)} ${text}`);
    } catch (error) {
      this.#refused.push(`${text}: ${error.code}`);
    }
  }

  async #set(value) {
    try {
      await this.hall.set(this.name, value);
    } catch (error) {
      this.#refused.push(`key ${value}: ${error.code}`);
    }
  }
}

const offset = position => Number(position.slice(position.lastIndexOf(":") + 1));
