import { Presets, SingleBar } from 'cli-progress';

/** Receives the progress of a bulk load. Frequent calls are cheap: the output is throttled. */
export interface LoadProgress {
  /** Prints one line of information. */
  notice: (line: string) => void;
  /** A phase begins. `totalRows` is given if its rows are counted. Phases never overlap. */
  begin: (phase: string, totalRows?: number) => void;
  /** Number of rows of the current phase so far. */
  advance: (rows: number) => void;
  /** The current phase has ended. */
  end: (durationMs: number) => void;
}

/** A progress display that must be closed. `close` moves the cursor to a new line, also in the middle of a phase. */
export interface ProgressDisplay extends LoadProgress {
  close: () => void;
}

/** Shows nothing. */
export const silentProgress: LoadProgress = { notice: () => {}, begin: () => {}, advance: () => {}, end: () => {} };

/** A bar where there is a terminal, lines elsewhere. */
export const createProgressDisplay = (stream: NodeJS.WriteStream): ProgressDisplay =>
  stream.isTTY ? createTerminalProgress(stream) : createLineProgress((text) => stream.write(text));

/** A bar with rate and remaining time for phases that count rows, and a line for every phase. */
export function createTerminalProgress(stream: NodeJS.WriteStream): ProgressDisplay {
  let phase = '';
  let bar: SingleBar | undefined;
  let beganAtMs = 0;
  const rate = (rows: number) => ({ rate: formatCount((rows * 1_000) / Math.max(1, Date.now() - beganAtMs)) });
  const stopBar = () => {
    bar?.stop();
    bar = undefined;
  };
  return {
    notice: (line) => stream.write(`${line}\n`),
    begin: (name, totalRows) => {
      phase = name;
      beganAtMs = Date.now();
      if (!totalRows) {
        stream.write(`${phase} …`);
        return;
      }
      const format = `${phase} {bar} {percentage}% | {value} of {total} | {rate} rows/s | {eta_formatted} left`;
      const options = { format, stream, formatValue, hideCursor: true, clearOnComplete: true, etaBuffer: 500 };
      bar = new SingleBar(options, Presets.shades_classic);
      bar.start(totalRows, 0, rate(0));
    },
    advance: (rows) => bar?.update(rows, rate(rows)),
    end: (durationMs) => {
      stopBar();
      // Overwrites the waiting line or the bar.
      stream.write(`\r${phase}: ${formatDuration(durationMs)}\n`);
      phase = '';
    },
    close: () => {
      stopBar();
      if (phase) stream.write('\n');
    },
  };
}

/**
 * Plain lines, for files and pipes: one at the end of a phase, and one for each tenth of its rows or every five
 * seconds.
 */
export function createLineProgress(write: (text: string) => void, now: () => number = Date.now): ProgressDisplay {
  let phase = '';
  let total = 0;
  let beganAtMs = 0;
  let told = { atMs: 0, rows: 0 };
  return {
    notice: (line) => write(`${line}\n`),
    begin: (name, totalRows = 0) => {
      phase = name;
      total = totalRows;
      beganAtMs = now();
      told = { atMs: beganAtMs, rows: 0 };
    },
    advance: (rows) => {
      const atMs = now();
      const isTenth = rows - told.rows >= total / 10 && atMs - told.atMs >= 500;
      if (rows >= total || (!isTenth && atMs - told.atMs < 5_000)) return;
      told = { atMs, rows };
      const perSecond = (rows * 1_000) / Math.max(1, atMs - beganAtMs);
      const left = formatDuration(((total - rows) * 1_000) / perSecond);
      write(
        `${phase}: ${formatCount(rows)} of ${formatCount(total)}, ${formatCount(perSecond)} rows/s, ${left} left\n`,
      );
    },
    end: (durationMs) => write(`${phase}: ${formatDuration(durationMs)}\n`),
    close: () => {},
  };
}

/** `5,000,000` */
export function formatCount(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}

/** `0.24 s`, `65.7 s`, `2 min 5 s` */
export function formatDuration(durationMs: number): string {
  const seconds = durationMs / 1_000;
  if (seconds < 9.995) return `${seconds.toFixed(2)} s`;
  if (seconds < 99.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

function formatValue(value: number, _options: unknown, kind: string): string {
  return kind === 'value' || kind === 'total' ? formatCount(value) : String(value);
}
