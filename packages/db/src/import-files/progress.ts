import { Presets, SingleBar } from 'cli-progress';
import { formatCount, formatDuration } from '../bulk-load/progress.ts';

/** Shows how far a file is. */
export interface FileProgress {
  begin: (name: string) => void;
  advance: (readBytes: number, totalBytes: number, lines: number) => void;
  end: () => void;
}

const TELL_EVERY_MS = 5_000;

/** A bar with rate and remaining time on a terminal; elsewhere a line every five seconds. */
export function createFileProgress(stream: NodeJS.WriteStream): FileProgress {
  let [name, beganAtMs, toldAtMs] = ['', 0, 0];
  let bar: SingleBar | undefined;
  const perSecond = (lines: number) => (lines * 1_000) / Math.max(1, Date.now() - beganAtMs);
  return {
    begin(path) {
      name = path;
      beganAtMs = toldAtMs = Date.now();
    },
    advance(readBytes, totalBytes, lines) {
      const shown = { lines: formatCount(lines), rate: formatCount(perSecond(lines)) };
      if (stream.isTTY) {
        bar ??= startBar(stream, name, totalBytes, shown);
        bar.update(readBytes, shown);
      } else if (Date.now() - toldAtMs >= TELL_EVERY_MS) {
        toldAtMs = Date.now();
        const leftMs = ((totalBytes - readBytes) * (toldAtMs - beganAtMs)) / Math.max(1, readBytes);
        const percent = Math.floor((100 * readBytes) / Math.max(1, totalBytes));
        stream.write(
          `${name}: ${percent} %, ${shown.lines} lines, ${shown.rate} lines/s, ${formatDuration(leftMs)} left\n`,
        );
      }
    },
    end() {
      bar?.stop();
      bar = undefined;
    },
  };
}

function startBar(stream: NodeJS.WriteStream, name: string, totalBytes: number, shown: object): SingleBar {
  const format = `${name} {bar} {percentage}% | {lines} lines | {rate} lines/s | {eta_formatted} left`;
  const bar = new SingleBar(
    { format, stream, hideCursor: true, clearOnComplete: true, etaBuffer: 50 },
    Presets.shades_classic,
  );
  bar.start(totalBytes, 0, shown);
  return bar;
}
