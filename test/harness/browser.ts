import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';

/** Where Debian's package puts the browser. */
const CHROMIUM = '/usr/bin/chromium';
const RESULTS = join(process.cwd(), 'test-results');

/** Starts Debian's Chromium without a window. */
export async function startBrowser(): Promise<Browser> {
  if (!existsSync(CHROMIUM)) {
    throw new Error(
      `${CHROMIUM} is missing. Install it with: apt-get install chromium (npm run verify does so for root).`,
    );
  }
  // Chromium refuses its sandbox for root, which is who runs tests in containers.
  return chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
}

/** A page of the given size that collects whatever goes wrong in it. */
export async function openPage(
  browser: Browser,
  size: { readonly width: number; readonly height: number },
): Promise<{ page: Page; faults: string[] }> {
  const page = await browser.newPage({ viewport: size });
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') {
      faults.push(message.text());
    }
  });
  return { page, faults };
}

/** Saves what the page shows as `test-results/NAME.png`. */
export async function screenshot(page: Page, name: string): Promise<Buffer> {
  mkdirSync(RESULTS, { recursive: true });
  return page.screenshot({ path: join(RESULTS, `${name}.png`), fullPage: true });
}
