import type { Schemas } from '@messaging/client';
import { showChanges } from '../conversations/show-changes.ts';
import { place } from '../navigation/place.ts';
import { waitAtMost } from '../session/wait.ts';
import { refreshThread } from '../thread/thread.ts';
import { visibleMessage } from '../thread/visible-message.ts';

type Change = Schemas['Change'];

/** However much is written, the page reads at most so often. */
const PAUSE_MS = 250;
const FAILED_PAUSE_MS = 2_000;

/** Shows changes one after the other. What could not be read is tried again, so that no change is lost. */
export function createChangeDisplay(signal: AbortSignal): { add: (changes: readonly Change[]) => void } {
  let waiting = new Map<number, Change>();
  let isRunning = false;

  async function run(): Promise<void> {
    isRunning = true;
    while (waiting.size > 0 && !signal.aborted) {
      const taken = waiting;
      waiting = new Map();
      const isShown = await show([...taken.values()]).then(
        () => true,
        () => false,
      );
      if (!isShown) waiting = new Map([...taken, ...waiting]);
      await waitAtMost(isShown ? PAUSE_MS : FAILED_PAUSE_MS, signal);
    }
    isRunning = false;
  }

  return {
    add(changes) {
      for (const change of changes) waiting.set(change.contactId, change);
      if (!isRunning) void run();
    },
  };
}

/** A list that is not shown is read when somebody comes back to it. */
async function show(changes: readonly Change[]): Promise<void> {
  const { view, contactId } = place.peek();
  const isOpen = changes.some((change) => change.contactId === contactId);
  await Promise.all([
    view === 'conversations' && showChanges(changes),
    isOpen && refreshThread(visibleMessage.current),
  ]);
}
