import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { AppError } from '@tidewatch/core';
import { scrapeTargetSchema, type ScrapeTarget } from '@tidewatch/scrape';
import { pino } from 'pino';
import {
  startExpositionServer,
  textRoute,
  type ExpositionServer,
} from '../../../../libs/scrape/fixtures/exposition-server.js';
import { decodeWithProtobufjs } from '../../../../libs/scrape/fixtures/otlp-proto.js';
import { Scraper } from './scraper.js';

/** One point as it was handed to the ingest pipeline. */
interface Stored {
  readonly project: string;
  readonly name: string;
  readonly service: string;
  readonly labels: string;
  /** `null` when the series ended. */
  readonly value: number | null;
}

interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue: string };
}

let server: ExpositionServer;
let stored: Stored[] = [];
let refuse: AppError | null = null;
let logged: { level: number; msg: string; target?: string }[] = [];
const waiting = new Set<() => void>();

beforeAll(async () => {
  server = await startExpositionServer();
});
afterAll(() => server.stop());
beforeEach(() => {
  stored = [];
  logged = [];
  refuse = null;
});

function makeScraper(): Scraper {
  return new Scraper({
    ingest: async (project, body) => {
      const { resourceMetrics } = decodeWithProtobufjs(body) as {
        resourceMetrics: {
          resource: { attributes: Attribute[] };
          scopeMetrics: { metrics: Record<string, unknown>[] }[];
        }[];
      };
      if (refuse !== null) {
        queueMicrotask(() => waiting.forEach((wake) => wake()));
        throw refuse;
      }
      for (const { resource, scopeMetrics } of resourceMetrics) {
        const service =
          resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue ?? '';
        for (const metric of scopeMetrics.flatMap(({ metrics }) => metrics)) {
          const data = (metric['gauge'] ?? metric['sum']) as {
            dataPoints: { attributes?: Attribute[]; asDouble?: number; flags?: number }[];
          };
          for (const { attributes = [], asDouble, flags } of data.dataPoints) {
            const labels = attributes.map(({ key, value }) => `${key}=${value.stringValue}`).join(',');
            const value = flags === 1 ? null : (asDouble ?? 0);
            stored.push({ project, name: metric['name'] as string, service, labels, value });
          }
        }
      }
      waiting.forEach((wake) => wake());
      return null;
    },
    readSecret: ({ env }) => {
      throw new AppError({ code: 'config.secret-missing', message: `The variable ${env} is not set.` });
    },
    logger: pino(
      { base: null },
      { write: (line: string) => logged.push(JSON.parse(line) as (typeof logged)[number]) },
    ),
  });
}

function target(name: string, spec: Record<string, unknown> = {}, labels = {}): ScrapeTarget {
  const parsed = scrapeTargetSchema.parse({
    apiVersion: 'tidewatch.dev/v1',
    kind: 'ScrapeTarget',
    metadata: { name, labels },
    spec: { url: `${server.url}/${name}`, ...spec },
  });
  return { ...parsed, intervalMs: 30, timeoutMs: 1_000 };
}

/** Waits until what was handed over satisfies `isThere`; looks after every scrape. */
function until(isThere: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (isThere()) {
        waiting.delete(look);
        // The scraper updates its state right after the hand-over.
        setImmediate(resolve);
      }
    };
    waiting.add(look);
    look();
  });
}

function valuesOf(name: string): (number | null)[] {
  return stored.filter((point) => point.name === name).map(({ value }) => value);
}

test('stores what a target exposes and how the scrape went, again and again', async () => {
  server.route('/chat', textRoute('# TYPE a counter\na_total{model="m"} 3\nb 2\nb 4\n?\n'));
  const scraper = makeScraper();
  scraper.use([target('chat', { preset: 'triton' })]);
  await until(() => valuesOf('up').length >= 2);
  await scraper.stop();
  expect(stored.slice(0, 6)).toMatchObject([
    { project: 'default', service: 'chat', name: 'a_total', labels: 'model.name=m', value: 3 },
    { name: 'b', value: 2 },
    { name: 'up', value: 1 },
    { name: 'scrape_duration_seconds' },
    { name: 'scrape_samples_scraped', value: 4 },
    { name: 'scrape_samples_post_metric_relabeling', value: 2 },
  ]);
  expect(logged.filter(({ level }) => level >= 40).map(({ msg }) => msg)).toEqual([
    'parts of an exposition were left out',
  ]);
});

test('ends the series that are gone, and all of them when the target is down', async () => {
  let text = 'a{x="1"} 1\na{x="2"} 1\n';
  server.route(
    '/shrinking',
    textRoute(() => text),
  );
  const scraper = makeScraper();
  scraper.use([target('shrinking')]);
  await until(() => valuesOf('up').includes(1));
  text = 'a{x="1"} 5\n';
  await until(() => stored.some(({ labels, value }) => labels === 'x=2' && value === null));
  server.route('/shrinking', (_, response) => response.writeHead(500).end());
  await until(() => stored.some(({ labels, value }) => labels === 'x=1' && value === null));
  expect(scraper.states('default')).toMatchObject([
    { state: 'down', series: 0, error: { code: 'scrape.status' } },
  ]);
  expect(valuesOf('up').at(-1)).toBe(0);
  expect(stored.filter(({ labels, value }) => labels === 'x=2' && value === null)).toHaveLength(1);
  await scraper.stop();
});

test('logs a target that is down once, and once that it is back', async () => {
  server.route('/flaky', (_, response) => response.writeHead(503).end());
  const scraper = makeScraper();
  scraper.use([target('flaky')]);
  await until(() => valuesOf('up').filter((value) => value === 0).length >= 3);
  server.route('/flaky', textRoute('a 1\n'));
  await until(() => valuesOf('up').filter((value) => value === 1).length >= 3);
  await scraper.stop();
  expect(logged.map(({ msg, target: name }) => [msg, name])).toEqual([
    ['a target cannot be scraped', 'flaky'],
    ['a target is scraped', 'flaky'],
  ]);
});

test('a reload ends the series of targets that are gone, and leaves the others alone', async () => {
  server.route('/stays', textRoute('s 1\n'));
  server.route('/goes', textRoute('g 1\n'));
  const scraper = makeScraper();
  scraper.use([target('stays'), target('goes')]);
  await until(() => valuesOf('s').length > 0 && valuesOf('g').length > 0);
  const since = scraper.states('default').find(({ name }) => name === 'stays')?.since;
  scraper.use([target('stays')]);
  await until(() => valuesOf('up').includes(null));
  expect(valuesOf('g').at(-1)).toBeNull();
  const before = valuesOf('s').length;
  await until(() => valuesOf('s').length > before);
  expect(valuesOf('s')).not.toContain(null);
  expect(scraper.states('default').map(({ name, since: at }) => [name, at])).toEqual([['stays', since]]);
  await scraper.stop();
  const after = stored.length;
  scraper.use([target('stays')]);
  expect(scraper.states('default')).toEqual([]);
  expect(stored).toHaveLength(after);
});

test('a secret that is missing keeps its target down, and names the place', async () => {
  const scraper = makeScraper();
  scraper.use([target('secret', { headers: [{ name: 'Authorization', valueEnv: 'VLLM_TOKEN' }] })]);
  await until(() => valuesOf('up').includes(0));
  expect(scraper.states('default')[0]?.error).toEqual({
    code: 'config.secret-missing',
    reason: 'The variable VLLM_TOKEN is not set.',
  });
  await scraper.stop();
});

test('what cannot be stored is told apart from a target that is down', async () => {
  server.route('/full', textRoute('a 1\n'));
  refuse = new AppError({ code: 'journal.full', message: 'The journal is full.', retryable: true });
  const scraper = makeScraper();
  scraper.use([target('full')]);
  await until(() => scraper.states('default')[0]?.storeError !== null);
  expect(scraper.states('default')).toMatchObject([
    { state: 'up', error: null, storeError: { code: 'journal.full', reason: 'The journal is full.' } },
  ]);
  refuse = null;
  await until(() => valuesOf('a').length > 1);
  expect(scraper.states('default')).toMatchObject([{ state: 'up', storeError: null }]);
  await scraper.stop();
});

test('each project sees its own targets', () => {
  const scraper = makeScraper();
  scraper.use([target('mine', {}, { project: 'a' }), target('yours', {}, { project: 'b' })]);
  expect(scraper.states('a').map(({ name }) => name)).toEqual(['mine']);
  return scraper.stop();
});
