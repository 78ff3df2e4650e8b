import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { openPage, screenshot, startBrowser } from '../harness/browser.js';
import { removeFolders, startTestServer, type TestServer } from '../harness/test-server.js';

const DESKTOP = { width: 1440, height: 900 };
const PHONE = { width: 375, height: 812 };
const MINUTE = 60_000;

const SLO = `
apiVersion: openslo/v1
kind: SLO
metadata:
  name: ranker-answers
  displayName: Ranker answers
  annotations:
    tidewatch.dev/runbook: "https://example.com/runbooks/ranker"
    tidewatch.dev/group-by: tenant
    tidewatch.dev/budget-policy: "[{spent: 75%, do: ticket}, {spent: 100%, do: freeze, message: Only fixes.}]"
spec:
  service: ranker-api
  indicator:
    metadata: {name: ranker-sli}
    spec:
      ratioMetric:
        counter: true
        bad: {metricSource: {type: tidewatch, spec: {metric: inference.errors, match: {service: ranker-api}}}}
        total: {metricSource: {type: tidewatch, spec: {metric: inference.requests, match: {service: ranker-api}}}}
  timeWindow: [{duration: 30d, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{target: 0.999}]
`;

let browser: Browser;
let server: TestServer;

beforeAll(async () => {
  browser = await startBrowser();
  server = await startTestServer({ rules: { 'slo.yaml': SLO } });
  await sendRequests();
}, 60_000);
afterAll(async () => {
  await browser.close();
  await server.stop();
  removeFolders();
});

/** Requests of two tenants over five minutes, up to one that is surely counted; those of one fail for the last three. */
async function sendRequests(): Promise<void> {
  const until = Math.floor(Date.now() / MINUTE) * MINUTE - MINUTE;
  const points = (tenant: string, count: (index: number) => number) =>
    Array.from({ length: 30 }, (_, index) => ({
      startTimeUnixNano: `${until - (index + 1) * 10_000}000000`,
      timeUnixNano: `${until - index * 10_000 - 1}000000`,
      asInt: String(count(index)),
      attributes: [{ key: 'tenant', value: { stringValue: tenant } }],
    }));
  const metric = (name: string, acme: (index: number) => number, beta: number) => ({
    name,
    sum: {
      aggregationTemporality: 1,
      isMonotonic: true,
      dataPoints: [...points('acme', acme), ...points('beta', () => beta)],
    },
  });
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'ranker-api' } }] };
  const metrics = [
    metric('inference.requests', () => 200, 100),
    metric('inference.errors', (index) => (index < 18 ? 40 : 0), 0),
  ];
  const response = await fetch(`${server.otlp}/v1/metrics`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceMetrics: [{ resource, scopeMetrics: [{ metrics }] }] }),
  });
  expect(response.status).toBe(200);
}

async function opened(size: typeof DESKTOP): Promise<{ page: Page; faults: string[] }> {
  const { page, faults } = await openPage(browser, size);
  await page.goto(server.api);
  await page.getByTestId('slo-ranker-answers').getByText('Burning fast').waitFor({ timeout: 40_000 });
  return { page, faults };
}

describe('an SLO in the console', () => {
  test('is in the list with its sentence, and a link that leads to everything about it', async () => {
    const { page, faults } = await opened(DESKTOP);
    const row = page.getByTestId('slo-ranker-answers');
    expect(await row.textContent()).toMatch(
      /worst of 2 groups.*tenant acme.*% good over the last 30 days against 99\.9 %; the 30-day budget is overspent/,
    );
    await row.getByRole('link', { name: 'Ranker answers', exact: true }).click();
    await page.getByTestId('minute-strip').waitFor();
    expect(page.url()).toMatch(/#\/slos\/ranker-answers$/);
    expect(await page.getByTestId('slo-sentence').textContent()).toMatch(/still burns .* times too fast/);
    expect(await page.getByTestId('minute-strip').textContent()).toMatch(
      /3 bad minutes of 5 with events[^]*3 min, 720 of 3,600 bad \(200×\)/,
    );
    const chart = page.getByTestId('budget-chart').getByRole('img');
    expect(await chart.getAttribute('aria-label')).toMatch(/in the end overspent by/);
    expect(await page.getByTestId('slo-gate').textContent()).toMatch(/Releases frozen.*Only fixes\./);
    await screenshot(page, 'console-slo');
    await page.getByRole('link', { name: 'All objectives' }).click();
    await row.waitFor();
    expect(faults).toEqual([]);
    await page.close();
  }, 90_000);

  test('shows another group when it is chosen, by keyboard too', async () => {
    const { page } = await opened(DESKTOP);
    await page.goto(`${server.api}/#/slos/ranker-answers`);
    const groups = page.getByTestId('slo-groups');
    await groups.waitFor();
    expect(await groups.locator('tbody th').allTextContents()).toEqual(['tenant acme', 'tenant beta']);
    await groups.getByRole('button', { name: 'tenant beta' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('no bad minute of 5 with events').waitFor();
    expect(await page.getByTestId('slo-sentence').textContent()).toMatch(/100 % good.*100 % of the 30-day/);
    await page.close();
  }, 60_000);

  test('a correction is added and withdrawn again', async () => {
    const { page, faults } = await opened(DESKTOP);
    await page.goto(`${server.api}/#/slos/ranker-answers`);
    const form = page.getByTestId('correction-form');
    await form.locator('summary').click();
    await form.getByRole('button', { name: 'Add it' }).click();
    await form.getByText('Say why').waitFor();
    await form.getByLabel('Reason').fill('A load test');
    await form.getByRole('button', { name: 'Add it' }).click();
    const list = page.getByTestId('corrections');
    await list.getByText('A load test').waitFor();
    expect(await list.textContent()).toMatch(/Planned maintenance, leave out.*by anonymous/);
    await list.getByRole('button', { name: 'Withdraw' }).click();
    await list.getByLabel('Why is it withdrawn?').fill('It was real traffic');
    await list.getByRole('button', { name: 'Withdraw' }).click();
    await list.getByText('withdrawn', { exact: true }).waitFor();
    expect(faults).toEqual([]);
    await page.close();
  }, 60_000);

  test('fits a phone with everything open; an unknown one says so', async () => {
    const { page } = await opened(PHONE);
    await page.goto(`${server.api}/#/slos/ranker-answers`);
    await page.getByTestId('correction-form').locator('summary').click();
    await page.getByTestId('minute-strip').waitFor();
    const overflow = await page.evaluate(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    );
    expect(overflow).toBe(0);
    await screenshot(page, 'console-slo-phone');
    await page.goto(`${server.api}/#/slos/nothing`);
    await page.getByText('nothing cannot be shown: 404 Not Found: There is no SLO "nothing".').waitFor();
    await page.close();
  }, 60_000);
});
