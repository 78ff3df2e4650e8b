import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { openPage, screenshot, startBrowser } from '../harness/browser.js';
import { removeFolders, startTestServer, type TestServer } from '../harness/test-server.js';

const DESKTOP = { width: 1440, height: 900 };
const PHONE = { width: 375, height: 812 };

let browser: Browser;
let hooks: Server;
let server: TestServer;
let incidentId: string;

const rules = (url: string) => `
apiVersion: tidewatch.dev/v1
kind: Receiver
metadata: {name: pager}
spec: {type: webhook, url: "${url}/pager"}
---
apiVersion: tidewatch.dev/v1
kind: Receiver
metadata: {name: lost}
spec: {type: webhook, url: "${url}/lost"}
---
apiVersion: tidewatch.dev/v1
kind: Routing
spec: {routes: [{match: {severity: page}, receivers: [pager, lost]}]}
`;

beforeAll(async () => {
  browser = await startBrowser();
  hooks = createServer((request, response) => {
    request.resume();
    response.writeHead(request.url === '/lost' ? 404 : 200).end();
  });
  await new Promise<void>((resolve) => hooks.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(hooks.address() as AddressInfo).port}`;
  server = await startTestServer({ rules: { 'who.yaml': rules(url) } });
  // A drill takes the real way and stays open as long as it is asked to.
  const response = await fetch(`${server.api}/api/v1/drills`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ severity: 'page', service: 'ranker-api', region: 'eu-1', keep: '10m' }),
  });
  incidentId = ((await response.json()) as { incidentId: string }).incidentId;
}, 60_000);
afterAll(async () => {
  await browser.close();
  await server.stop();
  hooks.closeAllConnections();
  hooks.close();
  removeFolders();
});

const text = (page: Page, testId: string) => page.getByTestId(testId).textContent();

async function overflowOf(page: Page): Promise<unknown> {
  return page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}

describe('an incident in the console', () => {
  test('says who was told and why, and what was given up', async () => {
    const { page, faults } = await openPage(browser, DESKTOP);
    await page.goto(server.api);
    await page
      .getByTestId(`incident-${incidentId}`)
      .getByRole('link', { name: /^Drill: this page/ })
      .click();
    const told = page.getByTestId('told');
    await told.getByText('Refused because it opened').waitFor();
    expect(page.url()).toContain(`#/incidents/${incidentId}`);
    await told.getByText('Why this receiver').first().click();
    expect(await told.textContent()).toMatch(/routes\[0\]: tells pager, at once/);
    expect(await told.textContent()).toMatch(/lost webhook[^]*404/);
    expect(await text(page, 'members')).toMatch(/Drill\/[0-9a-f]{8}[^]*Nothing: it closes by itself\./);
    expect(await text(page, 'timeline')).toMatch(/Opened as a page, told pager and lost/);
    await told.getByRole('button', { name: 'Replay the message to lost' }).click();
    expect(faults).toEqual([]);
    await page.close();
  }, 30_000);

  test('is acknowledged, assigned, commented on, silenced and resolved, by keyboard where that is quicker', async () => {
    const { page, faults } = await openPage(browser, DESKTOP);
    // The address in messages of earlier versions.
    await page.goto(`${server.api}/#incident-${incidentId}`);
    const incident = page.getByTestId('incident-page');
    await incident.getByLabel('Your name, for what you do here').fill('ada');
    await incident.getByRole('button', { name: 'Acknowledge', exact: true }).click();
    await incident.getByText('Acknowledged by ada').waitFor();
    await incident.getByRole('button', { name: 'Assign to…' }).click();
    await page.getByTestId('assign-form').waitFor();
    await page.keyboard.type('bob');
    await page.keyboard.press('Enter');
    await incident.getByText('Assigned to bob', { exact: true }).waitFor();
    await incident.getByRole('button', { name: 'Comment' }).click();
    await page.getByTestId('comment-form').waitFor();
    await page.keyboard.type('The cache was cold.');
    await incident.getByRole('button', { name: 'Add the comment' }).click();
    await page.getByTestId('timeline').getByText('The cache was cold.').waitFor();
    await incident.getByRole('button', { name: 'Silence…' }).click();
    const silence = page.getByTestId('silence-form');
    expect(await silence.getByLabel('Service').inputValue()).toBe('ranker-api');
    await silence.getByRole('button', { name: 'Keep it quiet' }).click();
    await silence.getByText('Say why').waitFor();
    await silence.getByLabel('Why').fill('A load test');
    await page.keyboard.press('Enter');
    await incident.getByText('Kept quiet').waitFor();
    expect(await text(page, 'members')).toMatch(/Silenced by .*A load test.*left/);
    await screenshot(page, 'console-incident');
    await incident.getByRole('button', { name: 'Resolve', exact: true }).click();
    expect(await text(page, 'resolve-form')).toMatch(
      /stays closed until its rules have been well, or for an hour/,
    );
    await page.keyboard.press('Escape');
    expect(await page.getByTestId('resolve-form').count()).toBe(0);
    await incident.getByRole('button', { name: 'Resolve', exact: true }).click();
    await incident.getByRole('button', { name: 'Resolve it' }).click();
    await incident.getByText('Resolved by ada').waitFor();
    expect(await text(page, 'timeline')).toMatch(/ada resolved it, told pager/);
    expect(await incident.getByRole('button', { name: 'Acknowledge' }).count()).toBe(0);
    expect(faults).toEqual([]);
    await page.close();
  }, 30_000);

  test('the overview shows what is quiet and how delivery does, and ends a silence', async () => {
    const { page, faults } = await openPage(browser, DESKTOP);
    await page.goto(server.api);
    const delivery = page.getByTestId('delivery');
    await delivery.waitFor();
    expect(await delivery.textContent()).toMatch(/Last 28 days[^]*Last 24 hours[^]*Last hour/);
    expect(await delivery.textContent()).toMatch(/this server/);
    await page.getByTestId('dead-letters').getByText('lost').first().waitFor();
    const quiet = page.getByTestId('quiet');
    expect(await quiet.textContent()).toMatch(/Silence.*A load test.*service=ranker-api/);
    await screenshot(page, 'console-alerting');
    await quiet.getByRole('button', { name: /^End the silence/ }).click();
    await page.getByText('Nothing is kept quiet').waitFor();
    expect(faults).toEqual([]);
    await page.close();
  }, 30_000);

  test('fits a phone, with everything open; an unknown one says so', async () => {
    const { page } = await openPage(browser, PHONE);
    await page.goto(`${server.api}/#/incidents/${incidentId}`);
    await page.getByTestId('timeline').waitFor();
    for (const summary of await page.locator('summary').all()) {
      await summary.click();
    }
    expect(await overflowOf(page)).toBe(0);
    await screenshot(page, 'console-incident-phone');
    await page.goto(server.api);
    await page.getByTestId('delivery').waitFor();
    await page.getByTestId('add-silence').locator('summary').click();
    await page.getByTestId('silence-form').waitFor();
    expect(await overflowOf(page)).toBe(0);
    await page.goto(`${server.api}/#/incidents/nothing`);
    await page.getByText('The incident cannot be shown: 404 Not Found').waitFor();
    await page.close();
  }, 30_000);
});
