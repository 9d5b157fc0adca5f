// How long one step may take. Far more than it needs: it decides only when something hangs.
const step = Number(process.env.DEADLINE ?? 30) * 1000;

export async function within(promise, what) {
  let timer;
  const said = () => (typeof what === "function" ? what() : what);
  const late = new Promise((_, reject) => (timer = setTimeout(() => reject(new Error(`Nothing in ${step / 1000} s: ${said()}`)), step)));
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

// What comes, in order, until a scenario asks for it.
export class Inbox {
  #entries = [];
  #readers = [];

  put(entry) {
    const reader = this.#readers.shift();
    if (reader) reader(entry);
    else this.#entries.push(entry);
  }

  take(what) {
    if (this.#entries.length > 0) return Promise.resolve(this.#entries.shift());
    return within(new Promise(resolve => this.#readers.push(resolve)), what);
  }
}

// What has no signal of its own: asked for again and again.
export function until(holds, what) {
  let timer;
  const asked = new Promise((resolve, reject) => {
    const ask = async () => {
      try {
        const answer = await holds();
        if (answer) resolve(answer);
        else timer = setTimeout(ask, 20);
      } catch (error) {
        reject(error);
      }
    };
    ask();
  });
  return within(asked, what).finally(() => clearTimeout(timer));
}
