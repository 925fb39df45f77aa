import { afterAll, afterEach, beforeAll, expect } from '@jest/globals';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { launchBrowser } from './browser.mjs';
import { openWatched, type WatchedPage } from './watched-page.ts';

/** What tests look at in the console. */
export interface ConsolePage {
  page: Page;
  /** The serious findings of axe-core in what is shown now. */
  findings: () => Promise<string[]>;
  /** The row of a list that says so. */
  row: (text: string | RegExp) => Locator;
  /** What the rows of the list begin with, from above. */
  rowTitles: () => Promise<string[]>;
  /** The message of the thread that consists of this text. */
  bubble: (text: string) => Locator;
  /** Whether all of a message is on the screen. */
  isInView: (bubble: Locator) => Promise<boolean>;
  /** Resolves when live changes arrive. */
  untilLive: () => Promise<void>;
}

/**
 * Starts a browser for the tests of a file, and returns how to open the console in it. After each test the pages that were opened
 * must have had no violation of the policy, no error, and no request to another origin.
 */
export function useConsole(): (url: string, options?: BrowserContextOptions) => Promise<ConsolePage> {
  let browser: Browser;
  const opened: WatchedPage[] = [];
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
  });
  afterEach(async () => {
    const all = opened.splice(0);
    const problems = all.flatMap((watched) => watched.problems);
    await Promise.all(all.map(({ close }) => close()));
    expect(problems).toEqual([]);
  });
  return async (url, options) => {
    const watched = await openWatched(browser, url, options);
    opened.push(watched);
    return describePage(watched);
  };
}

function describePage({ page, findings }: WatchedPage): ConsolePage {
  return {
    page,
    findings,
    row: (text) => page.getByRole('option').filter({ hasText: text }),
    rowTitles: () => page.getByRole('option').locator('strong').allTextContents(),
    bubble: (text) => page.locator('.bubble').filter({ has: page.getByText(text, { exact: true }) }),
    isInView: (bubble) =>
      bubble.evaluate((element) => {
        const [own, frame] = [element.getBoundingClientRect(), element.closest('.scroller')?.getBoundingClientRect()];
        return frame !== undefined && own.top >= frame.top - 1 && own.bottom <= frame.bottom + 1;
      }),
    untilLive: () => page.getByText('Live', { exact: true }).waitFor(),
  };
}
