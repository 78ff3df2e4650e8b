import { describe, expect, test } from '@jest/globals';
import { detectFormat, formatOf } from './negotiation.js';
import { scrapeSecrets, scrapeTargetSchema } from './scrape-target.js';

function document(spec: Record<string, unknown>, metadata: Record<string, unknown> = {}) {
  return {
    apiVersion: 'tidewatch.dev/v1',
    kind: 'ScrapeTarget',
    metadata: { name: 'chat', ...metadata },
    spec,
  };
}

function problems(spec: Record<string, unknown>): string[] {
  const result = scrapeTargetSchema.safeParse(document(spec));
  return result.success
    ? []
    : result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
}

describe('a target', () => {
  test('needs no more than an address', () => {
    expect(scrapeTargetSchema.parse(document({ url: 'http://localhost:9000' }))).toEqual({
      kind: 'ScrapeTarget',
      name: 'chat',
      owner: '',
      runbook: '',
      labels: {},
      url: 'http://localhost:9000/metrics',
      preset: null,
      intervalMs: 15_000,
      timeoutMs: 10_000,
      limits: { bytes: 16_777_216, samples: 50_000, labelLength: 1_024 },
      headers: [],
      mapping: { rename: {}, unsupportedFrom: null },
      resource: {
        'service.name': 'chat',
        'service.instance.id': 'localhost:9000',
        'server.address': 'localhost',
        job: 'chat',
      },
    });
  });

  test('takes from its preset what it does not say itself', () => {
    const target = scrapeTargetSchema.parse(
      document({ url: 'http://gpu-7:9400/', preset: 'dcgm', rename: { gpu: 'hw.index' }, timeout: '20s' }),
    );
    expect(target).toMatchObject({
      url: 'http://gpu-7:9400/metrics',
      intervalMs: 30_000,
      timeoutMs: 20_000,
      mapping: { rename: { UUID: 'hw.id', gpu: 'hw.index' }, unsupportedFrom: 9.2e18 },
    });
    expect(
      scrapeTargetSchema.parse(document({ url: 'http://a/m?x=1#y', preset: 'vllm', interval: '5s' })),
    ).toMatchObject({ url: 'http://a/m?x=1', intervalMs: 5_000, timeoutMs: 5_000 });
  });

  test('gives its labels to all series, under the attributes that stand for them', () => {
    const target = scrapeTargetSchema.parse(
      document({ url: 'https://a.example', labels: { service: 'chat-api', region: 'eu-1', team: 'ml' } }),
    );
    expect(target.resource).toEqual({
      'service.name': 'chat-api',
      'cloud.region': 'eu-1',
      team: 'ml',
      'service.instance.id': 'a.example:443',
      'server.address': 'a.example',
      job: 'chat',
    });
  });

  test('names its secrets and holds none', () => {
    const target = scrapeTargetSchema.parse(
      document({
        url: 'http://a',
        headers: [
          { name: 'Authorization', prefix: 'Bearer ', valueFile: '/run/secrets/token' },
          { name: 'X-Key', valueEnv: 'VLLM_KEY' },
        ],
      }),
    );
    expect(scrapeSecrets(target)).toEqual([{ file: '/run/secrets/token' }, { env: 'VLLM_KEY' }]);
  });
});

describe('a target is refused', () => {
  test.each<[Record<string, unknown>, string]>([
    [{}, 'spec.url: must be a URL'],
    [{ url: 'localhost' }, 'spec.url: must be a URL such as http://triton.example.com:8002/metrics'],
    [{ url: 'file:///etc/passwd' }, 'spec.url: must start with https:// or http://'],
    [{ url: 'http://u:p@a' }, 'spec.url: must not contain a user name or password; use headers'],
    [{ url: 'http://169.254.169.254/' }, 'spec.url: must not be a link-local or metadata address'],
    [{ url: 'http://0xa9fea9fe/' }, 'spec.url: must not be a link-local or metadata address'],
    [
      { url: 'http://a', preset: 'torch' },
      'spec.preset: must be one of triton, vllm, kserve, ray-serve, bentoml, dcgm',
    ],
    [
      { url: 'http://a', interval: '500ms' },
      'spec.interval: must be a duration from 1s to 1h such as 15s, and is "500ms"',
    ],
    [{ url: 'http://a', timeout: '20s' }, 'spec.timeout: must not be longer than the interval'],
    [{ url: 'http://a', limit: {} }, 'spec: Unrecognized key: "limit"'],
    [{ url: 'http://a', limits: { sample: 1 } }, 'spec.limits: Unrecognized key: "sample"'],
    [
      { url: 'http://a', headers: [{ name: 'Authorization' }] },
      'spec.headers.0: must have exactly one of valueEnv, valueFile',
    ],
    [
      { url: 'http://a', headers: [{ name: 'Authorization', valueEnv: 'Bearer abc' }] },
      'spec.headers.0.valueEnv: must be the name of an environment variable, not the secret itself',
    ],
    [
      { url: 'http://a', headers: [{ name: 'Accept', valueEnv: 'A' }] },
      'spec.headers.0.name: is set by the scraper itself',
    ],
  ])('%j', (spec, problem) => {
    expect(problems(spec)).toEqual([problem]);
  });
});

describe('the format of an answer', () => {
  test.each([
    ['application/openmetrics-text; version=1.0.0; charset=utf-8', 'openmetrics'],
    // The next two as the Python client and BentoML write them.
    ['application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores', 'openmetrics'],
    ['text/plain; version=1.0.0; charset=utf-8', 'prometheus'],
    ['text/plain; version=0.0.4', 'prometheus'],
    ['TEXT/PLAIN', 'prometheus'],
    [null, 'prometheus'],
    ['text/html; charset=utf-8', undefined],
    ['application/json', undefined],
  ])('%s', (type, format) => {
    expect(formatOf(type)).toBe(format);
  });

  test('without a type is told by its end', () => {
    expect(['a 1\n# EOF\n', '# EOF', 'a 1\n', 'a 1\n## EOF\n'].map(detectFormat)).toEqual([
      'openmetrics',
      'openmetrics',
      'prometheus',
      'prometheus',
    ]);
  });
});
