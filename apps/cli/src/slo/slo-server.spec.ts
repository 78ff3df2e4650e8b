import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import { ruleFile, slo, sloDocument } from '../../fixtures/slo-shell.js';

const DAY_MS = 86_400_000;

const folder = mkdtempSync(join(tmpdir(), 'tidewatch-slo-'));
let server: Server;
let url: string;
let requests: { line: string; content: unknown }[] = [];
let answer: (line: string, content: unknown) => { status?: number; body: unknown } = () => ({ body: {} });

const file = (name: string, ...documents: (object | string)[]): string =>
  ruleFile(folder, name, ...documents);

beforeAll(async () => {
  server = createServer((request, response) => {
    let text = '';
    request.on('data', (part: Buffer) => (text += part.toString('utf8')));
    request.on('end', () => {
      const line = `${request.method} ${request.url}`;
      const content: unknown = text === '' ? undefined : JSON.parse(text);
      requests.push({ line, content });
      const { status = 200, body } = answer(line, content);
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  requests = [];
});

describe('slo simulate', () => {
  /** An outage of 20 minutes, two days before the end of what is asked for. */
  const counts = (content: unknown) => {
    const { from, to, resolutionMs } = content as { from: number; to: number; resolutionMs: number };
    const outage = Math.floor(Date.now() / DAY_MS) * DAY_MS - 2 * DAY_MS;
    const slices: number[][] = [];
    for (let start = from; start < to; start += resolutionMs) {
      const total = resolutionMs / 100;
      slices.push([start, start >= outage && start < outage + 1_200_000 ? 0 : total, total]);
    }
    return { body: { slos: [{ name: 'ranker', groups: [{ group: '', members: [slices] }] }], problems: [] } };
  };

  test('says when it would have paged, a day of counts at a time', async () => {
    answer = (_, content) => counts(content);
    const monitor = 'apiVersion: tidewatch.dev/v1\nkind: Receiver\n';
    const path = file('simulated.yaml', sloDocument('ranker'), monitor);
    const { code, out } = await slo('simulate', path, '--server', url, '--days', '3');
    expect(code).toBe(0);
    // page-fast, page-slow and page-guard.
    expect(out).toMatch(/^ranker would have paged 3 times in 3 days, and opened 2 tickets\.\n/);
    const day = new Date(Math.floor(Date.now() / DAY_MS) * DAY_MS - 2 * DAY_MS).toISOString().slice(0, 10);
    expect(out).toMatch(new RegExp(`^${day} 00:01:00  page +page-fast +29 min +`, 'm'));
    expect(out).toMatch(/At the end: 53\.7 % of the budget left \([\d,]+ counted\)\.\n$/);
    const asked = requests.map(
      ({ content }) => content as { from: number; to: number; resolutionMs: number },
    );
    expect(requests[0]?.line).toBe('POST /api/v1/slos/counts');
    expect(asked.every(({ from, to }) => to - from <= DAY_MS)).toBe(true);
    expect(new Set(asked.map(({ resolutionMs }) => resolutionMs))).toEqual(new Set([60_000, 10_000]));
  });

  test('takes the document of an SLO from the server', async () => {
    answer = (line, content) =>
      line === 'GET /api/v1/slos/ranker'
        ? { body: { document: stringify(sloDocument('ranker')) } }
        : counts(content);
    const { code, out } = await slo('simulate', 'ranker', '--server', url, '--days', '1', '--json');
    expect(code).toBe(0);
    const [simulation] = JSON.parse(out) as {
      slo: string;
      alerts: unknown[];
      groups: { budgetRemaining: number }[];
    }[];
    expect(simulation).toMatchObject({ slo: 'ranker', problems: [] });
    expect(simulation?.groups[0]?.budgetRemaining).toBeCloseTo(0.537, 2);
    answer = () => ({ body: { name: 'other' } });
    const without = await slo('simulate', 'other', '--server', url);
    expect([without.code, without.err]).toEqual([
      2,
      expect.stringMatching(/Name the file that defines the SLO/),
    ]);
  });

  test('an SLO that is not evaluable is not said to be at peace', async () => {
    answer = () => ({ body: { slos: [], problems: [] } });
    const foreign = { metricSource: { type: 'Prometheus', spec: { query: 'up' } } };
    const spec = {
      indicator: {
        metadata: { name: 'up' },
        spec: { ratioMetric: { counter: true, good: foreign, total: foreign } },
      },
    };
    const path = file('foreign.yaml', sloDocument('foreign', spec));
    const { out } = await slo('simulate', path, '--server', url, '--days', '1');
    expect(out).toMatch(/^warning: is not evaluable: its source is of type Prometheus/m);
  });

  test('an answer that is not understood is no result', async () => {
    answer = () => ({ body: { slos: 'none' } });
    const { code, out } = await slo(
      'simulate',
      file('simulated.yaml', sloDocument('ranker')),
      '--server',
      url,
    );
    expect([code, out]).toEqual([1, '']);
  });
});

describe('slo suggest', () => {
  test('lists the presets that fit, and writes their rules', async () => {
    const out = join(folder, 'suggested');
    const counter = (name: string, keys: string[]) => ({
      name,
      type: 'sum',
      unit: '{request}',
      temporality: 'cumulative',
      monotonic: true,
      labels: [
        { key: 'service', values: ['ranker-api'], more: false },
        ...keys.map((key) => ({ key, values: ['x'], more: false })),
      ],
      sources: [{ service: 'ranker-api', region: 'eu-1', model: 'ranker' }],
      moreSources: false,
    });
    const items = [counter('inference.requests', []), counter('inference.errors', [])];
    answer = () => ({ body: { items, predictions: [] } });
    const { code, out: text, err } = await slo('suggest', '--server', url, '--out', out);
    expect(err).toBe('');
    expect(requests[0]?.line).toBe('GET /api/v1/metrics');
    expect(code).toBe(0);
    expect(text).toMatch(/^inference-success +service=ranker-api/m);
    const files = readdirSync(out);
    expect(files.some((name) => name.includes('inference-success'))).toBe(true);
    expect((await slo('validate', out)).code).toBe(0);
    const yaml = await slo('suggest', '--server', url, '--yaml');
    expect(yaml.out).toContain(readFileSync(join(out, files[0] ?? ''), 'utf8').split('\n')[0]);
  });

  test('says when none does', async () => {
    answer = () => ({ body: { items: [], predictions: [] } });
    expect(await slo('suggest', '--server', url)).toMatchObject({
      code: 1,
      out: 'No preset fits the 0 metrics that the server has received lately.\n',
    });
  });
});

describe('slo gate', () => {
  const gate = (open: boolean | null, reason = 'Because.') => {
    answer = () => ({ body: { slo: 'ranker', open, reason, steps: [] } });
  };

  test.each<[string, boolean | null, string[], number, string]>([
    ['open', true, [], 0, 'open: Because.\n'],
    ['frozen', false, [], 1, 'frozen: Because.\n'],
    ['not told', null, [], 3, 'unknown: Because.\n'],
    ['not told, and taken for open', null, ['--on-unknown', 'open'], 0, 'open, by --on-unknown: Because.\n'],
    [
      'not told, and taken for closed',
      null,
      ['--on-unknown', 'closed'],
      1,
      'frozen, by --on-unknown: Because.\n',
    ],
    ['frozen, whatever is unknown', false, ['--on-unknown', 'open'], 1, 'frozen: Because.\n'],
  ])('%s', async (_, open, options, code, out) => {
    gate(open);
    expect(await slo('gate', 'ranker', '--server', url, ...options)).toEqual({ code, out, err: '' });
    expect(requests[0]?.line).toBe('GET /api/v1/slos/ranker/gate');
  });

  test('a server that is not there tells nothing', async () => {
    const nowhere = 'http://127.0.0.1:9';
    expect((await slo('gate', 'ranker', '--server', nowhere)).code).toBe(69);
    expect((await slo('gate', 'ranker', '--server', nowhere, '--on-unknown', 'open')).code).toBe(0);
    expect((await slo('gate', 'ranker', '--url', nowhere, '--on-unknown', 'closed')).code).toBe(1);
  });

  test('an SLO that does not exist is a failure whatever is unknown', async () => {
    answer = () => ({ status: 404, body: { code: 'slo.unknown', detail: 'There is no SLO ranker.' } });
    const { code, err } = await slo('gate', 'ranker', '--server', url, '--on-unknown', 'open');
    expect(code).not.toBe(0);
    expect(err).toContain('There is no SLO ranker.');
  });

  test('as JSON', async () => {
    gate(false);
    const { out } = await slo('gate', 'ranker', '--server', url, '--json');
    expect(JSON.parse(out)).toMatchObject({ slo: 'ranker', open: false, decided: false });
  });
});
