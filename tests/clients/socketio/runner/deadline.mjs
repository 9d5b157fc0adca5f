// How long one step may take. Far more than it needs: it decides only when something hangs.
const step = Number(process.env.DEADLINE ?? 30) * 1000;

export async function within(promise, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Nothing in ${step / 1000} s: ${typeof what === "function" ? what() : what}`)), step);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
