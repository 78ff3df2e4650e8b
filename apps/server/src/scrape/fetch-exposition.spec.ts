import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { scrapeTargetSchema, type ScrapeTarget } from '@tidewatch/scrape';
import {
  endlessRoute,
  gzipRoute,
  hangingRoute,
  negotiatedRoute,
  OPENMETRICS_TYPE,
  startExpositionServer,
  textRoute,
  type ExpositionServer,
} from '../../../../libs/scrape/fixtures/exposition-server.js';
import { fetchExposition, type FetchResult } from './fetch-exposition.js';

let server: ExpositionServer;

beforeAll(async () => {
  server = await startExpositionServer();
});
afterAll(() => server.stop());

function target(path: string, limits: Record<string, number> = {}): ScrapeTarget {
  const parsed = scrapeTargetSchema.parse({
    apiVersion: 'tidewatch.dev/v1',
    kind: 'ScrapeTarget',
    metadata: { name: 'chat' },
    spec: { url: path.startsWith('http') ? path : `${server.url}${path}`, timeout: '5s', limits },
  });
  return parsed;
}

function scrape(of: ScrapeTarget, headers: Record<string, string> = {}): Promise<FetchResult> {
  return fetchExposition(of, headers, new AbortController().signal);
}

async function failure(of: ScrapeTarget): Promise<{ code: string; message: string; samples: number }> {
  const result = await scrape(of);
  return result.ok
    ? { code: 'it worked', message: '', samples: 0 }
    : { code: result.error.code, message: result.error.explanation, samples: result.samples };
}

async function samples(result: Promise<FetchResult>): Promise<number | string> {
  const given = await result;
  return given.ok ? given.exposition.samples : given.error.explanation;
}

describe('an answer is read', () => {
  test('as OpenMetrics where the target knows it', async () => {
    server.route('/negotiated', negotiatedRoute('a 1\n', 'a 1\nb 2\n# EOF\n'));
    const result = await scrape(target('/negotiated'));
    expect(result).toMatchObject({ ok: true, exposition: { format: 'openmetrics', samples: 2 } });
  });

  test('compressed, because it asks for that', async () => {
    server.route('/gzip', gzipRoute('a 1\n'));
    expect(await samples(scrape(target('/gzip')))).toBe(1);
  });

  test('through a few redirects, and its secrets stay with the origin that they are for', async () => {
    const other = await startExpositionServer();
    const seen: (string | undefined)[] = [];
    server.route('/moved', (request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(302, { Location: '/moved-again' }).end();
    });
    server.route('/moved-again', (request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(307, { Location: `${other.url}/metrics` }).end();
    });
    other.route('/metrics', (request, response) => {
      seen.push(request.headers.authorization);
      textRoute('a 1\n')(request, response);
    });
    expect(await samples(scrape(target('/moved'), { Authorization: 'Bearer secret' }))).toBe(1);
    expect(seen).toEqual(['Bearer secret', 'Bearer secret', undefined]);
    await other.stop();
  });
});

describe('a target fails', () => {
  test('that nobody listens at', async () => {
    const gone = await startExpositionServer();
    await gone.stop();
    expect(await failure(target(`${gone.url}/metrics?key=secret`))).toEqual({
      code: 'scrape.unreachable',
      message: expect.stringMatching(
        /^The target http:\/\/127\.0\.0\.1:\d+\/metrics cannot be read: connect ECONNREFUSED .* Check that it runs/,
      ),
      samples: 0,
    });
  });

  test('that does not end within the timeout, having sent something', async () => {
    server.route('/hang', hangingRoute);
    expect(await failure({ ...target('/hang'), timeoutMs: 100 })).toMatchObject({
      code: 'scrape.timeout',
      message: expect.stringContaining('did not answer in full within 100 ms'),
      samples: 1,
    });
  });

  test('that sends more samples or bytes than it may, without end', async () => {
    server.route('/endless', endlessRoute);
    expect(await failure(target('/endless', { samples: 100 }))).toMatchObject({
      code: 'scrape.too-large',
      message:
        'The exposition has more than 100 samples. Raise limits.samples of the ScrapeTarget, or let the target expose less.',
      samples: 100,
    });
    expect(await failure(target('/endless', { bytes: 10_000 }))).toMatchObject({
      code: 'scrape.too-large',
      message: expect.stringContaining('is larger than 10000 bytes'),
    });
  });

  test('whose few compressed bytes become many', async () => {
    server.route('/bomb', gzipRoute('a 1\n'.repeat(3_000_000)));
    expect(await failure(target('/bomb', { bytes: 1_000_000, samples: 1_000_000 }))).toMatchObject({
      code: 'scrape.too-large',
    });
  });

  test.each([
    [500, 'scrape.status', /HTTP status 500\. The log of the target says why/],
    [401, 'scrape.status', /HTTP status 401\. Check the headers/],
    [404, 'scrape.status', /HTTP status 404\. Check the path/],
  ])('with status %d', async (status, code, message) => {
    server.route('/status', (_, response) => response.writeHead(status).end('a 1\n'));
    expect(await failure(target('/status'))).toEqual({
      code,
      message: expect.stringMatching(message),
      samples: 0,
    });
  });

  test('with a page, JSON, garbage or half an exposition', async () => {
    server.route('/page', textRoute('<html></html>', 'text/html'));
    server.route('/json', textRoute('{}', 'application/json'));
    server.route('/garbage', textRoute('\u0000\u0001 garbage\n'));
    server.route('/half', textRoute('a 1\nb 2\n', OPENMETRICS_TYPE));
    const codes = await Promise.all(
      ['/page', '/json', '/garbage', '/half'].map(async (path) => (await failure(target(path))).code),
    );
    expect(codes).toEqual([
      'scrape.not-exposition',
      'scrape.not-exposition',
      'scrape.malformed',
      'scrape.truncated',
    ]);
  });

  test('that redirects in a circle, or to where credentials are served', async () => {
    server.route('/circle', (_, response) => response.writeHead(302, { Location: '/circle' }).end());
    server.route('/steal', (_, response) => {
      response.writeHead(302, { Location: 'http://169.254.169.254/latest/meta-data' }).end();
    });
    expect(await failure(target('/circle'))).toMatchObject({
      message: expect.stringContaining('more than 3 times'),
    });
    expect(await failure(target('/steal'))).toMatchObject({
      code: 'scrape.redirects',
      message: expect.stringContaining('must not be a link-local or metadata address'),
    });
  });
});
