/** Reads that can be aborted together, as soon as the server that they run on cannot be used. */
export interface ReadsInFlight {
  /** Runs a read. @throws what it throws, or the reason of `abortAll` at once; the read's signal aborts then */
  runWhileUsable: <Value>(read: (signal: AbortSignal) => Promise<Value>) => Promise<Value>;
  abortAll: (reason: Error) => void;
}

export function createReadsInFlight(): ReadsInFlight {
  const inFlight = new Set<(reason: Error) => void>();
  return {
    // Not a race with one promise for all: that would keep a reaction for every read as long as the replica is used.
    runWhileUsable: (read) =>
      new Promise((resolve, reject) => {
        const controller = new AbortController();
        const abort = (reason: Error): void => {
          reject(reason);
          controller.abort(reason);
        };
        inFlight.add(abort);
        read(controller.signal)
          .then(resolve, reject)
          .finally(() => inFlight.delete(abort));
      }),
    abortAll(reason) {
      for (const abort of inFlight) abort(reason);
    },
  };
}
