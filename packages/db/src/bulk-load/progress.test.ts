import { describe, expect, test } from '@jest/globals';
import { createLineProgress, formatDuration } from './progress.ts';

describe('createLineProgress', () => {
  const record = () => {
    const clock = { nowMs: 0 };
    let text = '';
    const progress = createLineProgress(
      (line) => {
        text += line;
      },
      () => clock.nowMs,
    );
    return { clock, progress, lines: () => text.split('\n').slice(0, -1) };
  };

  test('tells each phase once with its duration', () => {
    const { progress, lines } = record();
    progress.notice('Found nothing.');
    progress.begin('view');
    progress.end(1_234);
    expect(lines()).toEqual(['Found nothing.', 'view: 1.23 s']);
  });

  test('tells rows, rate and remaining time after each tenth', () => {
    const { clock, progress, lines } = record();
    progress.begin('messages', 1_000_000);
    for (let percent = 1; percent <= 100; percent++) {
      clock.nowMs += 100;
      progress.advance(percent * 10_000);
    }
    progress.end(10_000);
    expect(lines()[0]).toBe('messages: 100,000 of 1,000,000, 100,000 rows/s, 9.00 s left');
    expect(lines()).toHaveLength(10);
  });

  test('tells at least every five seconds where rows are slow', () => {
    const { clock, progress, lines } = record();
    progress.begin('messages', 1_000_000);
    for (let second = 1; second <= 20; second++) {
      clock.nowMs += 1_000;
      progress.advance(second);
    }
    expect(lines()).toHaveLength(4);
  });
});

test.each([
  [4, '0.00 s'],
  [65_740, '65.7 s'],
  [99_960, '1 min 40 s'],
  [119_900, '2 min 0 s'],
  [3_725_000, '62 min 5 s'],
])('formats %d ms as %s', (durationMs, text) => {
  expect(formatDuration(durationMs)).toBe(text);
});
