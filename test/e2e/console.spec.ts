import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { seededNormal, seededRandom } from '@tidewatch/core';
import type { Browser } from 'playwright-core';
import { openPage, screenshot, startBrowser } from '../harness/browser.js';
import { removeFolders, startTestServer, type TestServer } from '../harness/test-server.js';

const DESKTOP = { width: 1440, height: 900 };
const PHONE = { width: 375, height: 812 };

const slo = (name: string, service: string) => `
apiVersion: openslo/v1
kind: SLO
metadata:
  name: ${name}
  labels: {region: eu-1, owner: ranking}
  annotations: {tidewatch.dev/runbook: "https://example.com/runbooks/${name}"}
spec:
  service: ${service}
  indicator:
    metadata: {name: ${name}-sli}
    spec:
      ratioMetric:
        counter: true
        bad: {metricSource: {type: tidewatch, spec: {metric: inference.errors, match: {service: ${service}}}}}
        total: {metricSource: {type: tidewatch, spec: {metric: inference.requests, match: {service: ${service}}}}}
  timeWindow: [{duration: 30d, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{target: 0.999}]
`;
const MONITOR = `
apiVersion: tidewatch.dev/v1
kind: DriftMonitor
metadata: {name: fraud-inputs, owner: ml-risk}
spec: {service: fraud-api, model: fraud, features: all, baseline: {kind: fixed, name: training}, window: 10m, every: 1s, bucket: 1s, hold: 0s}
`;

let browser: Browser;
let server: TestServer;

beforeAll(async () => {
  browser = await startBrowser();
}, 60_000);
afterAll(async () => {
  await browser.close();
  removeFolders();
});

describe('before anything has arrived', () => {
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.stop());

  test('the console says what to set, ready to be copied', async () => {
    const { page, faults } = await openPage(browser, DESKTOP);
    await page.goto(server.api);
    await page.getByTestId('first-data').waitFor();
    expect(await page.getByTestId('first-data').textContent()).toContain(
      `OTEL_EXPORTER_OTLP_ENDPOINT=${server.otlp}`,
    );
    await screenshot(page, 'console-empty');
    expect(faults).toEqual([]);
    await page.close();
  }, 60_000);
});

describe('while one SLO burns and one model drifts', () => {
  beforeAll(async () => {
    server = await startTestServer({
      rules: {
        'slo.yaml': `${slo('ranker-availability', 'ranker-api')}---${slo('vision-availability', 'vision-api')}`,
        'drift.yaml': MONITOR,
      },
    });
    await sendRequests('ranker-api', 200, 30);
    await sendRequests('vision-api', 200, 0);
    await sendBaselineAndDrift();
  }, 60_000);
  afterAll(() => server.stop());

  test('the console shows both by itself, and the incidents they opened', async () => {
    const { page, faults } = await openPage(browser, DESKTOP);
    await page.goto(server.api);
    // No reload: the page has to learn of the verdicts on its own.
    await page.getByTestId('overall-state').getByText('1 burning, 1 drifting').waitFor({ timeout: 40_000 });
    expect(await page.getByTestId('slo-ranker-availability').textContent()).toMatch(/Burning.*overspent/);
    expect(await page.getByTestId('slo-vision-availability').textContent()).not.toMatch(/Burning fast/);
    const monitor = page.getByTestId('monitor-fraud-inputs');
    expect(await monitor.textContent()).toMatch(/amount/);
    expect(await monitor.textContent()).toMatch(/training/);
    await page.locator('[data-testid^="incident-"]').nth(1).waitFor();
    const titles = (await page.locator('[data-testid^="incident-"]').allTextContents()).join('\n');
    expect(titles).toMatch(/Page[^]*ranker-api/);
    expect(titles).toMatch(
      /Ticket[^]*fraud-inputs: 1 of 2 drifted against training version 1: amount \(D = 0\.\d+\)/,
    );
    await monitor.getByRole('button', { name: 'amount', exact: true }).first().click();
    await page.getByTestId('distribution').waitFor();
    expect(await page.getByTestId('distribution').textContent()).toMatch(
      /window, 1,000 values[^]*baseline training v1, 2,000 values/,
    );
    const image = await screenshot(page, 'console');
    expect(image.length).toBeGreaterThan(50_000);
    expect(faults).toEqual([]);
    await page.close();
  }, 90_000);

  test('a phone needs no sideways scrolling', async () => {
    const { page, faults } = await openPage(browser, PHONE);
    await page.goto(server.api);
    await page.getByTestId('overall-state').getByText('1 burning, 1 drifting').waitFor({ timeout: 40_000 });
    const overflow = await page.evaluate(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    );
    expect(overflow).toBe(0);
    await screenshot(page, 'console-phone');
    expect(faults).toEqual([]);
    await page.close();
  }, 60_000);

  test('when the server goes away the page keeps what it knew and says so', async () => {
    const { page } = await openPage(browser, DESKTOP);
    await page.goto(server.api);
    await page.getByTestId('slo-ranker-availability').waitFor();
    await server.stop();
    await page.getByTestId('connection-banner').waitFor({ timeout: 30_000 });
    expect(await page.getByTestId('slo-ranker-availability').isVisible()).toBe(true);
    await screenshot(page, 'console-unreachable');
    await page.close();
  }, 60_000);
});

/** Delta counters of one service over the last four minutes. */
async function sendRequests(service: string, total: number, bad: number): Promise<void> {
  const now = Date.now();
  const points = (count: number) =>
    Array.from({ length: 24 }, (_, index) => ({
      startTimeUnixNano: `${now - (index + 1) * 10_000}000000`,
      timeUnixNano: `${now - index * 10_000}000000`,
      asInt: String(count),
    }));
  const metric = (name: string, count: number) => ({
    name,
    sum: { aggregationTemporality: 1, isMonotonic: true, dataPoints: points(count) },
  });
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: service } }] };
  const metrics = [metric('inference.requests', total), metric('inference.errors', bad)];
  await send(
    `${server.otlp}/v1/metrics`,
    'POST',
    JSON.stringify({ resourceMetrics: [{ resource, scopeMetrics: [{ metrics }] }] }),
    'application/json',
  );
}

/** A baseline of two features, and a window in which one of them has moved by one standard deviation. */
async function sendBaselineAndDrift(): Promise<void> {
  const random = seededRandom(3);
  const row = (shift: number) => ({ amount: seededNormal(random) + shift, age: seededNormal(random) });
  const lines = (rows: unknown[]) => rows.map((each) => JSON.stringify(each)).join('\n');
  const baseline = Array.from({ length: 2_000 }, () => row(0));
  await send(`${server.api}/v1/baselines/fraud/training`, 'PUT', lines(baseline), 'application/x-ndjson');
  const now = Date.now();
  const samples = Array.from({ length: 1_000 }, (_, index) => ({
    model: 'fraud',
    service: 'fraud-api',
    // Half a minute ago at the latest: whichever window is the first to be judged holds all of them.
    timestamp: now - 30_000 - (index % 300) * 1_000,
    features: row(1),
  }));
  await send(`${server.api}/v1/predictions`, 'POST', lines(samples), 'application/x-ndjson');
}

async function send(url: string, method: string, body: string, type: string): Promise<void> {
  const response = await fetch(url, { method, body, headers: { 'Content-Type': type } });
  const answer = await response.text();
  expect([response.status, answer]).toEqual([
    200,
    expect.not.stringMatching(/rejected":\[\{|partialSuccess/),
  ]);
}
