import { RateLimitedError, UnavailableError } from '@messaging/shared';

/** How many may read the live changes of this process at once. */
export interface ReaderLimitsConfig {
  total: number;
  /** With the same key; without keys only the total counts. */
  perKey: number;
}

/** Counts who reads the live changes. */
export interface ReaderLimits {
  /**
   * Lets a reader in, and returns what it calls when it leaves. `keyName` is whose key it has, if there are keys. @throws
   * RateLimitedError, UnavailableError
   */
  enter: (keyName: string | undefined) => () => void;
  count: () => number;
}

/** When a reader who was refused may try again. */
const RETRY_AFTER_SECONDS = 10;

export function createReaderLimits({ total, perKey }: ReaderLimitsConfig): ReaderLimits {
  const byKey = new Map<string, number>();
  let count = 0;
  return {
    count: () => count,
    enter(keyName) {
      if (count >= total) throw new UnavailableError(`${total} readers follow the changes here; try again shortly.`);
      const ofKey = keyName === undefined ? 0 : (byKey.get(keyName) ?? 0);
      if (ofKey >= perKey) {
        throw new RateLimitedError(
          `${perKey} readers follow the changes with this key; end one of them.`,
          RETRY_AFTER_SECONDS,
        );
      }
      count += 1;
      if (keyName !== undefined) byKey.set(keyName, ofKey + 1);
      let hasLeft = false;
      return () => {
        if (hasLeft) return;
        hasLeft = true;
        count -= 1;
        if (keyName === undefined) return;
        const left = (byKey.get(keyName) ?? 1) - 1;
        if (left === 0) byKey.delete(keyName);
        else byKey.set(keyName, left);
      };
    },
  };
}
