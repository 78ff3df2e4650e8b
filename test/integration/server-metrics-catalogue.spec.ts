import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { suggestSlos, type MetricCatalogue } from '@tidewatch/slo';
import { shippedPresets } from '../../libs/slo/fixtures/preset-catalogue.js';
import { removeFolders, startTestServer, type TestServer } from '../harness/test-server.js';

const attribute = (key: string, value: string) => ({ key, value: { stringValue: value } });

describe('GET /api/v1/metrics', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await startTestServer();
    const time = `${Date.now()}000000`;
    const point = {
      timeUnixNano: time,
      startTimeUnixNano: time,
      attributes: [attribute('model.name', 'ranker')],
    };
    const response = await fetch(`${server.otlp}/v1/metrics`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        resourceMetrics: [
          {
            resource: {
              attributes: [attribute('service.name', 'ranker-api'), attribute('cloud.region', 'eu-1')],
            },
            scopeMetrics: [
              {
                metrics: [
                  {
                    name: 'inference.requests',
                    unit: '{request}',
                    sum: {
                      aggregationTemporality: 2,
                      isMonotonic: true,
                      dataPoints: [{ ...point, asInt: '1' }],
                    },
                  },
                ],
              },
            ],
          },
        ],
      }),
    });
    expect(response.status).toBe(200);
    await server.stored();
  }, 60_000);
  afterAll(async () => {
    await server.stop();
    removeFolders();
  });

  const get = async (query: string): Promise<{ status: number; body: unknown }> => {
    const response = await fetch(`${server.api}/api/v1/metrics${query}`);
    return { status: response.status, body: await response.json() };
  };

  test('lists what arrived, and presets are suggested from it', async () => {
    const { status, body } = await get('');
    expect(status).toBe(200);
    const catalogue = body as MetricCatalogue;
    expect(catalogue).toMatchObject({ more: false, predictions: [] });
    expect(catalogue.items).toContainEqual({
      ...{
        name: 'inference.requests',
        type: 'sum',
        unit: '{request}',
        temporality: 'cumulative',
        monotonic: true,
      },
      labels: [
        { key: 'model', values: ['ranker'], more: false },
        { key: 'region', values: ['eu-1'], more: false },
        { key: 'service', values: ['ranker-api'], more: false },
      ],
      sources: [{ service: 'ranker-api', region: 'eu-1', model: 'ranker' }],
      moreSources: false,
    });
    const [suggestion] = suggestSlos(
      shippedPresets().map(({ preset }) => preset),
      catalogue,
    );
    expect(suggestion).toMatchObject({
      preset: 'inference-throughput',
      parameters: { service: 'ranker-api', region: 'eu-1', model: 'ranker' },
    });
  });

  test('refuses what it cannot read', async () => {
    for (const query of ['?since=soon', '?limit=0', '?limit=many']) {
      expect(await get(query)).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
    }
    expect(await get('?limit=1&since=2020-01-01T00:00:00Z')).toMatchObject({ status: 200 });
  });
});
