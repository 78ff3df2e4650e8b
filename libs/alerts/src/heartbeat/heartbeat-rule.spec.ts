import { describe, expect, test } from '@jest/globals';
import { heartbeatSchema } from './heartbeat-rule.js';

const document = (spec: object, metadata: object = { name: 'switch' }) => ({
  apiVersion: 'tidewatch.dev/v1',
  kind: 'Heartbeat',
  metadata,
  spec,
});

describe('a Heartbeat', () => {
  test('has a minute and POST unless it says otherwise', () => {
    expect(heartbeatSchema.parse(document({ urlEnv: 'HEARTBEAT_URL' }))).toEqual({
      name: 'switch',
      owner: '',
      address: { env: 'HEARTBEAT_URL' },
      everyMs: 60_000,
      method: 'POST',
    });
  });

  test('takes all fields', () => {
    const spec = { urlFile: '/run/secrets/heartbeat', every: '10s', method: 'GET' };
    expect(heartbeatSchema.parse(document(spec, { name: 'a.b-c', owner: 'sre' }))).toEqual({
      name: 'a.b-c',
      owner: 'sre',
      address: { file: '/run/secrets/heartbeat' },
      everyMs: 10_000,
      method: 'GET',
    });
  });

  test.each([
    [{}, 'must have exactly one of urlEnv, urlFile'],
    [{ urlEnv: 'A', urlFile: '/b' }, 'must have exactly one of urlEnv, urlFile'],
    [
      { urlEnv: 'https://hc.example/S3cr3t' },
      'must be the name of an environment variable, not the address itself',
    ],
    [{ urlFile: 'https://hc.example/S3cr3t' }, 'must be the path of a file, not the address itself'],
    [{ urlEnv: 'A', every: '9s' }, 'must be a duration from 10s to 1d such as 1m, and is "9s"'],
    [{ urlEnv: 'A', every: '2d' }, 'must be a duration from 10s to 1d such as 1m, and is "2d"'],
    [{ urlEnv: 'A', every: 'often' }, 'must be a duration from 10s to 1d such as 1m, and is "often"'],
    [{ urlEnv: 'A', method: 'PUT' }, 'must be GET or POST'],
    [{ url: 'https://hc.example' }, 'Unrecognized key: "url"'],
  ])('%j is refused', (spec, message) => {
    const { error } = heartbeatSchema.safeParse(document(spec));
    expect(error?.issues.map((issue) => issue.message)).toContain(message);
    // What may be the secret itself is not repeated.
    expect(JSON.stringify(error?.issues)).not.toContain('S3cr3t');
  });
});
