/** Reads that are waited for no longer than what they read from can be used. */
export interface ReadsUnderWay {
  /** Makes a read. @throws what it throws, or the reason of `giveUp` as soon as there is one; its signal aborts then */
  whileThere: <Value>(read: (signal: AbortSignal) => Promise<Value>) => Promise<Value>;
  giveUp: (reason: Error) => void;
}

export function createReadsUnderWay(): ReadsUnderWay {
  const underWay = new Set<(reason: Error) => void>();
  return {
    // Not a race with one promise for all: that would keep a reaction for every read as long as the replica is used.
    whileThere: (read) =>
      new Promise((resolve, reject) => {
        const controller = new AbortController();
        const giveUp = (reason: Error): void => {
          reject(reason);
          controller.abort(reason);
        };
        underWay.add(giveUp);
        read(controller.signal)
          .then(resolve, reject)
          .finally(() => underWay.delete(giveUp));
      }),
    giveUp(reason) {
      for (const giveUpRead of underWay) giveUpRead(reason);
    },
  };
}
