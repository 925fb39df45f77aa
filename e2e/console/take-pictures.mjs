// `node e2e/console/take-pictures.mjs [URL]`: writes the pictures of docs/images from a running `npm start` with its demo data.
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launchBrowser } from './browser.mjs';

const url = process.argv[2] ?? 'http://localhost:3000';
const folder = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'docs', 'images');
const WIDE = { width: 1280, height: 760 };
const NARROW = { width: 390, height: 760 };

const PICTURES = [
  { name: 'console-light', colorScheme: 'light', viewport: WIDE, steps: openSecond },
  { name: 'console-dark', colorScheme: 'dark', viewport: WIDE, steps: openSecond },
  { name: 'console-search', colorScheme: 'light', viewport: WIDE, steps: openHit },
  { name: 'console-narrow', colorScheme: 'light', viewport: NARROW, steps: async () => {} },
];

mkdirSync(folder, { recursive: true });
const browser = await launchBrowser();
for (const { name, steps, ...options } of PICTURES) {
  const page = await browser.newPage({ locale: 'en-GB', ...options });
  await page.goto(`${url}/console`);
  await page.getByRole('option').first().waitFor();
  await steps(page);
  await page.getByText('Live', { exact: true }).waitFor();
  await page.screenshot({ path: join(folder, `${name}.png`) });
  await page.close();
}
await browser.close();

async function openSecond(page) {
  await page.getByRole('option').nth(1).click();
  await page.locator('.bubble').first().waitFor();
}

async function openHit(page) {
  await page.getByRole('searchbox').fill('train');
  await page.locator('mark').first().waitFor();
  await page.getByRole('option').nth(2).click();
  await page.locator('.bubble.hit').waitFor();
}
