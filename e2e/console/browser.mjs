import { existsSync } from 'node:fs';
import chromium from '@sparticuz/chromium';
import { chromium as playwright } from 'playwright-core';

/** The browser that npm has installed on Linux x64; elsewhere the Chrome of the machine, or what CHROMIUM_PATH names. */
export async function launchBrowser() {
  return playwright.launch({ headless: true, ...(await findBrowser()) });
}

async function findBrowser() {
  // biome-ignore lint/style/noProcessEnv: as jest.global-setup.ts reads it
  const path = process.env.CHROMIUM_PATH;
  if (path) {
    if (!existsSync(path)) throw new Error(`CHROMIUM_PATH is ${path}, which is not there.`);
    return { executablePath: path };
  }
  if (process.platform !== 'linux' || process.arch !== 'x64') return { channel: 'chrome' };
  return {
    executablePath: await chromium.executablePath(),
    // Of its own list only what a container without a display and without a sandbox needs: none that loosens the rules of pages.
    args: ['--no-sandbox', '--no-zygote', '--use-gl=angle', '--use-angle=swiftshader', '--headless=shell'],
  };
}
