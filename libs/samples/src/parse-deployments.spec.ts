import { describe, expect, test } from '@jest/globals';

import { parseDeployments } from './index.js';
import type { Deployment, ParsedRows } from './index.js';

const NOW = Date.parse('2026-11-22T10:05:00Z');
const SHA256 = 'E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855';

function parse(rows: unknown): ParsedRows<Deployment> {
  return parseDeployments(Buffer.from(JSON.stringify(rows)), {
    contentType: 'application/json',
    project: 'p',
    now: NOW,
  });
}

describe('deployments', () => {
  test('keep every field', () => {
    const wire = {
      deployment_id: 'd-81',
      kind: 'traffic',
      service: 'ranker-api',
      model: 'ranker',
      model_version: '1.4.2',
      variant: 'canary',
      environment: 'prod',
      region: 'eu-1',
      traffic_share: 0.05,
      timestamp: '2026-11-22T09:00:00Z',
      artifact: {
        sha256: SHA256,
        signature: 'sig',
        opset: 17,
        runtime: 'onnxruntime',
        runtime_version: '1.30.0',
        execution_provider: 'CUDA',
        precision: 'fp16',
      },
      lineage: { dataset: 's3://training', trained_by: 'ml', commit: 'abc' },
      owner: 'ml-ranking',
    };
    expect(parse([wire])).toEqual({
      rejected: [],
      rows: [
        {
          project: 'p',
          deploymentId: 'd-81',
          kind: 'traffic',
          service: 'ranker-api',
          model: 'ranker',
          modelVersion: '1.4.2',
          variant: 'canary',
          environment: 'prod',
          region: 'eu-1',
          trafficShare: 0.05,
          timestamp: Date.parse('2026-11-22T09:00:00Z'),
          receivedAt: NOW,
          artifact: {
            sha256: SHA256.toLowerCase(),
            signature: 'sig',
            opset: 17,
            runtime: 'onnxruntime',
            runtimeVersion: '1.30.0',
            executionProvider: 'CUDA',
            precision: 'fp16',
          },
          lineage: { dataset: 's3://training', trainedBy: 'ml', commit: 'abc' },
          owner: 'ml-ranking',
        },
      ],
    });
  });

  test.each(['deploy', 'rollback', 'traffic', 'config', 'load_failed'])(
    'the kind %s takes defaults',
    (kind) => {
      expect(parse({ deployment_id: 'd', kind, model: 'm', artifact: null }).rows).toMatchObject([
        {
          kind,
          timestamp: NOW,
          trafficShare: null,
          artifact: { sha256: '', opset: null },
          lineage: { commit: '' },
        },
      ]);
    },
  );

  test.each([
    [{ deployment_id: '' }, 'deployment_id', 'required'],
    [{ kind: undefined }, 'kind', 'required'],
    [{ kind: 'undeploy' }, 'kind', 'must be one of deploy, rollback, traffic, config, load_failed'],
    [{ service: null }, 'service', 'one of service and model is required'],
    [{ model: 1 }, 'model', 'a string is expected'],
    [{ model_version: 2 }, 'model_version', 'a string is expected'],
    [{ variant: 2 }, 'variant', 'a string is expected'],
    [{ environment: 2 }, 'environment', 'a string is expected'],
    [{ region: 2 }, 'region', 'a string is expected'],
    [{ owner: 2 }, 'owner', 'a string is expected'],
    [{ traffic_share: 5 }, 'traffic_share', 'must be between 0 and 1'],
    [{ timestamp: NOW - 401 * 86_400_000 }, 'timestamp', 'older than 400 days'],
    [{ artifact: { sha256: 'abc' } }, 'artifact.sha256', '64 hexadecimal digits'],
    [{ artifact: { signature: 1 } }, 'artifact.signature', 'a string is expected'],
    [{ artifact: { opset: 17.5 } }, 'artifact.opset', 'a whole number'],
    [{ artifact: { runtime: 1 } }, 'artifact.runtime', 'a string is expected'],
    [{ artifact: { runtime_version: 1 } }, 'artifact.runtime_version', 'a string is expected'],
    [{ artifact: { execution_provider: 1 } }, 'artifact.execution_provider', 'a string is expected'],
    [{ artifact: { precision: 16 } }, 'artifact.precision', 'a string is expected'],
    [{ artifact: { path: 'x' } }, 'artifact.path', 'there is no such field'],
    [{ lineage: { dataset: 1 } }, 'lineage.dataset', 'a string is expected'],
    [{ lineage: { trained_by: 1 } }, 'lineage.trained_by', 'a string is expected'],
    [{ lineage: { commit: 1 } }, 'lineage.commit', 'a string is expected'],
    [{ lineage: { author: 'x' } }, 'lineage.author', 'there is no such field'],
    [{ version: '1' }, 'version', 'there is no such field'],
  ])('%j is refused', (change, field, reason) => {
    expect(parse([{ deployment_id: 'd', kind: 'deploy', service: 's', ...change }])).toEqual({
      rows: [],
      rejected: [{ index: 0, field, reason: expect.stringContaining(reason) }],
    });
  });
});
