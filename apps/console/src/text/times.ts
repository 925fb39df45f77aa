const DAY_MS = 86_400_000;

/** `5 s`, `12 min`, `3 h`, `2 d`. */
export function describeDuration(durationMs: number): string {
  if (durationMs < 60_000) return `${Math.round(durationMs / 1_000)} s`;
  if (durationMs < 3_600_000) return `${Math.round(durationMs / 60_000)} min`;
  return durationMs < DAY_MS ? `${Math.round(durationMs / 3_600_000)} h` : `${Math.round(durationMs / DAY_MS)} d`;
}

const time = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'medium' });

/** For a list: the time of day today, else the date. */
export function shortTime(iso: string, now = new Date()): string {
  const date = new Date(iso);
  return date.toDateString() === now.toDateString() ? time.format(date) : day.format(date);
}

export const timeOfDay = (iso: string): string => time.format(new Date(iso));
export const dayOf = (iso: string): string => day.format(new Date(iso));
export const fullTime = (iso: string): string => full.format(new Date(iso));
