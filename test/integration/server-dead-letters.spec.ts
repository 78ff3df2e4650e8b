import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { AppError } from '@tidewatch/core';
import { removeFolders, startTestServer, temporaryFolder, type TestServer } from '../harness/test-server.js';

const SHOP = { Authorization: `Bearer ${'s'.repeat(40)}` };
const BANK = { Authorization: `Bearer ${'b'.repeat(40)}` };

let server: TestServer;
/** Whether the store refuses every batch for good, as it does when rows do not fit their table. */
let isPoisoned = false;

beforeAll(async () => {
  const file = join(temporaryFolder('keys'), 'keys');
  writeFileSync(file, `ranker shop ${'s'.repeat(40)}\nscorer bank ${'b'.repeat(40)}\n`);
  server = await startTestServer({ environment: { TIDEWATCH_API_KEYS_FILE: file } });
  const { sink } = server.server.store.ingest;
  const insert = sink.insert.bind(sink);
  sink.insert = async (batch) => {
    if (isPoisoned) {
      throw new AppError({ code: 'store.query', message: 'The rows do not fit.' });
    }
    await insert(batch);
  };
});
afterAll(async () => {
  await server.stop();
  removeFolders();
});

interface DeadLetter {
  name: string;
  layout: string;
  rows: number;
  code: string;
  projects: string[];
}

async function send(key: Record<string, string>, id: string): Promise<void> {
  const body = JSON.stringify([{ prediction_id: id, label: 'approve' }]);
  const headers = { ...key, 'Content-Type': 'application/json' };
  const response = await fetch(`${server.api}/v1/labels`, { method: 'POST', body, headers });
  expect(await response.json()).toEqual({ accepted: 1, rejected: [] });
}

async function letters(key: Record<string, string>): Promise<DeadLetter[]> {
  const response = await fetch(`${server.api}/api/v1/ingest/dead-letters`, { headers: key });
  return ((await response.json()) as { items: DeadLetter[] }).items;
}

const act = (method: string, path: string, headers: Record<string, string>) =>
  fetch(`${server.api}/api/v1/ingest/dead-letters/${path}`, { method, headers });

async function labels(): Promise<Record<string, number>> {
  const response = await fetch(`${server.api}/api/v1/ingest`, { headers: SHOP });
  return ((await response.json()) as { signals: { labels: Record<string, number> } }).signals.labels;
}

describe('a batch that ClickHouse refuses for good', () => {
  test('is put aside and counted, and does not stop what comes after it', async () => {
    isPoisoned = true;
    await send(SHOP, 'p-1');
    await server.stored();
    isPoisoned = false;
    await send(SHOP, 'p-2');
    await server.stored();
    expect(await letters(SHOP)).toMatchObject([{ rows: 1, code: 'store.query', projects: ['shop'] }]);
    expect(await labels()).toMatchObject({ received: 2, stored: 1, pending: 1, deadLettered: 1 });
  });

  test('is no business of another project', async () => {
    const [letter] = await letters(SHOP);
    expect(await letters(BANK)).toEqual([]);
    const response = await act('POST', `${letter?.name}/retry`, BANK);
    expect([response.status, await response.json()]).toMatchObject([404, { code: 'journal.no-dead-letter' }]);
    expect((await act('DELETE', String(letter?.name), {})).status).toBe(401);
  });

  test('is stored when it is tried again after the cause is gone', async () => {
    const [letter] = await letters(SHOP);
    const response = await act('POST', `${letter?.name}/retry`, SHOP);
    expect([response.status, await response.json()]).toEqual([200, { retried: letter?.name }]);
    expect(await letters(SHOP)).toEqual([]);
    expect(await labels()).toMatchObject({ received: 2, stored: 2, pending: 0, deadLettered: 0 });
  });

  test('can be given up, and its items count as rejected', async () => {
    isPoisoned = true;
    await send(SHOP, 'p-3');
    await server.stored();
    const [letter] = await letters(SHOP);
    const again = await act('POST', `${letter?.name}/retry`, SHOP);
    expect([again.status, await again.json()]).toMatchObject([503, { code: 'store.query' }]);
    const dropped = await act('DELETE', String(letter?.name), SHOP);
    expect([dropped.status, await dropped.json()]).toEqual([200, { dropped: letter?.name }]);
    isPoisoned = false;
    expect(await letters(SHOP)).toEqual([]);
    expect(await labels()).toMatchObject({ received: 3, stored: 2, rejected: 1, pending: 0 });
  });
});
