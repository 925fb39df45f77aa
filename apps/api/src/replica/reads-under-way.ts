/** Reads that are waited for no longer than what they read from is there. */
export interface ReadsUnderWay {
  /** Waits for a read. @throws what it throws, or the reason of `giveUp` as soon as there is one */
  whileThere: <Value>(reading: Promise<Value>) => Promise<Value>;
  giveUp: (reason: Error) => void;
}

export function createReadsUnderWay(): ReadsUnderWay {
  const underWay = new Set<(reason: Error) => void>();
  return {
    // Not a race with one promise for all: that would keep a reaction for every read as long as the replica is there.
    whileThere: (reading) =>
      new Promise((resolve, reject) => {
        underWay.add(reject);
        reading.then(resolve, reject).finally(() => underWay.delete(reject));
      }),
    giveUp(reason) {
      for (const reject of underWay) reject(reason);
    },
  };
}
