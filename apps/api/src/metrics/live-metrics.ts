import { Counter, Gauge, type Registry } from 'prom-client';

/** What the live changes report as it happens. */
export interface LiveMetrics {
  /** So many changed conversations were found, for those who follow. */
  changesFound: (count: number) => void;
  /** The database was asked for changes, and answered or not. */
  changesAsked: (isAnswered: boolean) => void;
}

/** @param countReaders how many follow now */
export function createLiveMetrics(registers: Registry[], countReaders: () => number): LiveMetrics {
  const found = new Counter({
    name: 'messaging_changes_found_total',
    help: 'Changed conversations that were found for the readers of the live changes, each once however many read',
    registers,
  });
  const feedUp = new Gauge({
    name: 'messaging_change_feed_up',
    help: '1 when the database answered the last time that it was asked for live changes',
    registers,
  });
  feedUp.set(1);
  new Gauge({
    name: 'messaging_change_readers',
    help: 'Requests that follow the live changes now',
    registers,
    collect() {
      this.set(countReaders());
    },
  });
  return {
    changesFound: (count) => found.inc(count),
    changesAsked: (isAnswered) => feedUp.set(Number(isAnswered)),
  };
}
