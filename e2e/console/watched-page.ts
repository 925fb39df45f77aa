import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

/** A page, and what went wrong in it so far. */
export interface WatchedPage {
  page: Page;
  /** Violations of the policy, errors of the console, and requests to another origin, as readable lines. */
  problems: string[];
  /** The serious findings of axe-core in what is shown now. */
  findings: () => Promise<string[]>;
  close: () => Promise<void>;
}

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** Lines of the browser itself about a response that was refused on purpose, or a service that is away. */
const SAID_BY_BROWSER = /Failed to load resource|net::ERR_/;

/** Opens a page whose problems are kept. */
export async function openWatched(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'UTC', ...options });
  const problems: string[] = [];
  const { origin } = new URL(url);
  context.on('request', (request) => {
    if (new URL(request.url()).origin !== origin) problems.push(`request to ${request.url()}`);
  });
  const page = await context.newPage();
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sample }) => {
      reportError(new Error(`policy violated: ${violatedDirective} ${blockedURI} ${sample}`));
    });
  });
  page.on('console', (message) => {
    if (message.type() === 'error' && !SAID_BY_BROWSER.test(message.text())) problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(String(error)));
  await page.goto(url);
  return { page, problems, findings: () => findWithAxe(page), close: () => context.close() };
}

/** The policy of the page does not let a script in, so axe-core is run as the debugger does. */
async function findWithAxe(page: Page): Promise<string[]> {
  await page.evaluate(await readFile(AXE, 'utf8'));
  const { violations } = await page.evaluate<AxeResults>('axe.run()');
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}
