import { signal } from '@preact/signals';

/** The last response of the service. */
export interface LastResponse {
  durationMs: number;
  at: Date;
}

/** How far the materialized view was behind, when the page heard of it last. */
export interface ViewState {
  ageMs: number;
  pendingChanges: number;
  /** `performance.now()` then. */
  heardAtMs: number;
}

export const lastResponse = signal<LastResponse | null>(null);
export const viewState = signal<ViewState | null>(null);
/** False after a request that nobody answered, until one is answered. */
export const isReachable = signal(true);
/** Whether live changes arrive. */
export const isFollowing = signal(false);

export function recordResponse(response: Response, durationMs: number): void {
  isReachable.value = true;
  lastResponse.value = { durationMs, at: new Date() };
  const refreshedAt = response.headers.get('view-refreshed-at');
  const pending = response.headers.get('view-pending-changes');
  if (refreshedAt === null || pending === null) return;
  // By the clock of the service, because that of this machine may differ.
  const serverNowMs = Date.parse(response.headers.get('date') ?? '') || Date.now();
  const ageMs = Math.max(0, serverNowMs - Date.parse(refreshedAt));
  viewState.value = { ageMs, pendingChanges: Number(pending), heardAtMs: performance.now() };
}

/** Nobody has answered. */
export function recordSilence(): void {
  isReachable.value = false;
}
