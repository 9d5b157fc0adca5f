/** What became of a promise: its value, or the code of its error. */
export const outcome = <T>(promise: Promise<T>): Promise<unknown> => promise.catch((error: { code?: string }) => error.code ?? error);
