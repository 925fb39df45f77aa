import { useSignal, useSignalEffect } from '@preact/signals';
import type { JSX } from 'preact';
import { describeDuration } from '../text/times.ts';
import { apiKey, changeKey } from './key.ts';
import { isFollowing, isReachable, lastResponse, viewState } from './status.ts';

/** The line at the bottom: the connection, the age of the materialized view, and the last response. */
export function StatusLine(): JSX.Element {
  const nowMs = useSignal(performance.now());
  useSignalEffect(() => {
    const timer = setInterval(() => {
      nowMs.value = performance.now();
    }, 1_000);
    return () => clearInterval(timer);
  });
  const [view, last] = [viewState.value, lastResponse.value];
  return (
    <footer class="status-line">
      <Connection />
      {view && (
        <span title="The lists are fresh whatever the age of the view: what it lacks is merged in when they are read.">
          View {describeDuration(view.ageMs + Math.max(0, nowMs.value - view.heardAtMs))} old, {view.pendingChanges}{' '}
          pending
        </span>
      )}
      {apiKey.value !== '' && (
        <button type="button" class="link" onClick={changeKey}>
          Change key
        </button>
      )}
      {last && (
        <span>
          Last response {Math.round(last.durationMs)} ms at <time>{last.at.toLocaleTimeString()}</time>
        </span>
      )}
    </footer>
  );
}

function Connection(): JSX.Element {
  const state = !isReachable.value ? 'offline' : isFollowing.value ? 'live' : 'connecting';
  const words = { offline: 'Offline, trying again', live: 'Live', connecting: 'Connecting' };
  return (
    <span class={`connection ${state}`} role="status">
      {words[state]}
    </span>
  );
}
