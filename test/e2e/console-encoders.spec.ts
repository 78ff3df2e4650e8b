import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import sirv from 'sirv';
import {
  sampleEmbeddingMonitor,
  sampleEncoder,
  sampleProjection,
  sampleStatus,
} from '../../apps/console/src/sample-views.js';
import { openPage, screenshot, startBrowser } from '../harness/browser.js';

const DESKTOP = { width: 1440, height: 900 };
const PHONE = { width: 375, height: 812 };

const now = Date.now();
const list = { items: [], total: 0, now };
const LONG_REASON = `its library cannot be loaded: ${'libcublasLt.so.12 is missing, '.repeat(10)}and cuDNN too`;
const operators = Array.from({ length: 10 }, (_, index) => ({
  operator: `Op${index}`,
  provider: 'WebGpuExecutionProvider',
  calls: 100,
  milliseconds: 2 ** (10 - index),
  share: 2 ** (9 - index) / 1_023,
}));

/** States that a server on one machine does not get into at will: a card, a failed model, another process. */
const answers: Readonly<Record<string, unknown>> = {
  status: sampleStatus({
    now,
    startedAt: now - 60_000,
    ingest: { ...sampleStatus().ingest, predictionsStored: 400 },
    evaluation: { lastAt: now },
  }),
  slos: list,
  incidents: list,
  delivery: {
    slo: { objective: 0.999, withinMs: 30_000, windows: [] },
    receivers: [],
    heartbeats: [],
    queue: { driver: 'in-process', waiting: 0, active: 0 },
    lease: null,
    now,
  },
  suppressions: list,
  actions: list,
  notifications: list,
  monitors: {
    items: [
      sampleEmbeddingMonitor('scenes', { evaluatedAt: now }),
      sampleEmbeddingMonitor('queries', { evaluatedAt: now }),
      sampleEmbeddingMonitor('faces', { evaluatedAt: now }),
    ],
    now,
  },
  encoders: {
    items: [
      sampleEncoder('frames', {
        provider: 'webgpu',
        device: 'a card',
        rejected: [{ provider: 'cuda', reason: LONG_REASON }],
        profile: operators,
        refused: 12,
      }),
      sampleEncoder('broken', {
        state: 'failed',
        problem: 'The file has another SHA-256.',
        provider: null,
        rejected: [],
      }),
      sampleEncoder('elsewhere', { state: 'closed', problem: 'it runs in another process', rejected: [] }),
    ],
    backlog: { rows: 1_284, bytes: 82 * 1024 ** 2, oldestAt: now - 90_000 },
    now,
  },
  'monitors/scenes/projection': sampleProjection(),
  'monitors/queries/projection': sampleProjection({ reference: [], current: [], clusters: [] }),
};

let browser: Browser;
let server: Server;
let address: string;

beforeAll(async () => {
  browser = await startBrowser();
  const files = sirv('dist/console');
  server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    if (!path.startsWith('/api/v1/')) {
      files(request, response, () => void response.writeHead(404).end());
      return;
    }
    const answer = answers[path.slice('/api/v1/'.length)];
    const problem = { title: 'Not found', detail: 'The baseline does not exist yet.' };
    response.writeHead(answer === undefined ? 404 : 200, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(answer ?? problem));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}, 60_000);
afterAll(async () => {
  await browser.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function opened(size: { width: number; height: number }): Promise<{ page: Page; faults: string[] }> {
  const { page, faults } = await openPage(browser, size);
  await page.goto(address);
  await page.getByTestId('encoder-frames').waitFor();
  return { page, faults };
}

describe('encoders', () => {
  test('each says where it runs, why on nothing better, and what it has done', async () => {
    const { page, faults } = await opened(DESKTOP);
    const frames = page.getByTestId('encoder-frames');
    expect(await frames.textContent()).toMatch(/frames.*Ready.*WebGPU.*a card.*12 k.*Refused.*12.*256 MiB/);
    const reason = frames.getByText(LONG_REASON);
    expect(await reason.isVisible()).toBe(false);
    await frames.getByText(/^CUDA/).click();
    expect(await reason.isVisible()).toBe(true);
    await frames.getByText('Time by operator', { exact: true }).click();
    expect(await frames.locator('.operators tbody tr').count()).toBe(8);
    expect(await frames.textContent()).toContain('2 more operators with 0.3 % together');
    expect(await page.getByTestId('encoder-backlog').textContent()).toMatch(
      /^Backlog 1,284 inputs \(82 MiB\), the oldest waits for 1 min/,
    );
    expect(faults).toEqual([]);
    await page.close();
  }, 60_000);

  test('one that failed comes first and is in the headline; one that runs elsewhere shows no figures', async () => {
    const { page } = await opened(DESKTOP);
    expect(await page.getByTestId('overall-state').textContent()).toBe('3 drifting, 1 encoder failed');
    const names = await page.locator('.encoder h3').allTextContents();
    expect(names).toEqual(['broken', 'elsewhere', 'frames']);
    expect(await page.getByTestId('encoder-broken').textContent()).toContain(
      'Failed: The file has another SHA-256.',
    );
    const elsewhere = await page.getByTestId('encoder-elsewhere').textContent();
    expect(elsewhere).toContain('Not running here: it runs in another process.');
    expect(elsewhere).not.toContain('Encoded');
    await page.close();
  }, 60_000);
});

describe('a monitor of embeddings', () => {
  test('says once what changed most, and shows the clusters and predictions behind it', async () => {
    const { page } = await opened(DESKTOP);
    const monitor = page.getByTestId('monitor-scenes');
    expect((await monitor.textContent())?.split('Image features that changed most')).toHaveLength(2);
    expect(await monitor.locator('.evidence .cluster').allTextContents()).toEqual([
      expect.stringMatching(/Cluster 4from 8\.2 %.*23 %.*frame-118/),
      expect.stringMatching(/Cluster 9from 12 %.*4\.3 %/),
    ]);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await monitor.getByRole('button', { name: 'Copy the predictions that show frame centroid' }).click();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(
      'frame-118\nframe-120\nframe-131\nframe-140',
    );
    await page.close();
  }, 60_000);

  test('its vectors are drawn when they are asked for, by keyboard too', async () => {
    const { page, faults } = await opened(DESKTOP);
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    const monitor = page.getByTestId('monitor-scenes');
    await monitor.locator('summary').focus();
    expect(requests.filter((url) => url.endsWith('/projection'))).toEqual([]);
    await page.keyboard.press('Enter');
    await page.getByTestId('projection').waitFor();
    expect(requests.filter((url) => url.endsWith('/projection'))).toHaveLength(1);
    const drawing = monitor.getByRole('img');
    expect(await drawing.getAttribute('aria-label')).toMatch(
      /^3 vectors of the window over 3 of the baseline/,
    );
    expect(await drawing.locator('.projection-reference circle').count()).toBe(3);
    expect(await drawing.locator('.projection-current circle').count()).toBe(3);
    expect(await drawing.locator('.projection-centre.is-moved').textContent()).toContain('4');
    expect(await monitor.textContent()).toContain("first axis, 41 % of the baseline's variance");
    await screenshot(page, 'console-embeddings');
    expect(faults).toEqual([]);
    await page.close();
  }, 60_000);

  test('says why there is nothing to draw', async () => {
    const { page } = await opened(DESKTOP);
    const [empty, missing] = ['queries', 'faces'].map((name) => page.getByTestId(`monitor-${name}`));
    await empty?.locator('summary').click();
    await empty?.getByText('No vectors are kept, neither of the window nor of the baseline.').waitFor();
    await missing?.locator('summary').click();
    await missing
      ?.getByText('The vectors cannot be shown: 404 Not Found: The baseline does not exist yet.')
      .waitFor();
    await page.close();
  }, 60_000);

  test('fits a phone with everything open', async () => {
    const { page, faults } = await opened(PHONE);
    await page.getByTestId('monitor-scenes').locator('summary').click();
    await page.getByTestId('projection').waitFor();
    for (const summary of await page.getByTestId('encoder-frames').locator('summary').all()) {
      await summary.click();
    }
    const overflow = await page.evaluate(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    );
    expect(overflow).toBe(0);
    await screenshot(page, 'console-embeddings-phone');
    expect(faults).toEqual([]);
    await page.close();
  }, 60_000);
});
