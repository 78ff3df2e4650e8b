import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { seededRandom } from '@tidewatch/core';
import type { SampledVectors, VectorQuery } from '@tidewatch/store';
import { eventually, removeFolders, startTestServer, type TestServer } from '../harness/test-server.js';

const ENCODER = `
apiVersion: tidewatch.dev/v1
kind: Encoder
metadata: { name: frames }
spec: { model: defects, input: frame, reference: image, provider: cpu, keepInputs: { share: 1, privacy: mask } }
`;
const TABULAR = `
apiVersion: tidewatch.dev/v1
kind: Encoder
metadata: { name: rows }
spec:
  model: loans
  input: row
  reference: tabular
  provider: cpu
  preprocess: { kind: features, names: [age, income], mean: [40, 30000], std: [12, 9000] }
`;
const MONITOR = `
apiVersion: tidewatch.dev/v1
kind: EmbeddingMonitor
metadata: { name: frames-drift }
spec:
  { model: defects, embedding: frame, baseline: { kind: rolling, length: 30m }, window: 2m, every: 5s, bucket: 5s, hold: 0s, minimumSamples: 40, clusters: 3 }
`;
const MINUTE = 60_000;
const random = seededRandom(3);

/** A picture of noise and a gradient, 32 x 24, as PNG in base64. */
async function picture(gain: number): Promise<string> {
  const [width, height] = [32, 24];
  const data = Uint8Array.from({ length: width * height * 3 }, (_, index) => {
    const x = Math.floor(index / 3) % width;
    return Math.min(255, gain * (60 + 4 * x + 60 * random()));
  });
  return (
    await sharp(data, { raw: { width, height, channels: 3 } })
      .png()
      .toBuffer()
  ).toString('base64');
}

let ids = 0;
async function images(count: number, [from, to]: readonly [number, number], gain = 1): Promise<object[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, index) => ({
      prediction_id: `f-${(ids += 1)}`,
      model: 'defects',
      timestamp: new Date(from + (index * (to - from)) / count).toISOString(),
      inputs: {
        frame: {
          media_type: 'image/png',
          data: await picture(gain),
          occlusion_rate: 0.25,
          private_boxes: [[0, 0, 0.5, 1]],
        },
      },
    })),
  );
}

async function send(server: TestServer, rows: readonly object[]): Promise<unknown> {
  const response = await fetch(`${server.api}/v1/predictions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(rows),
  });
  return response.json();
}

async function get<T>(server: TestServer, path: string): Promise<T> {
  return (await (await fetch(`${server.api}/api/v1/${path}`)).json()) as T;
}

interface EncodersAnswer {
  readonly items: {
    readonly name: string;
    readonly state: string;
    readonly problem: string;
    readonly provider: string | null;
    readonly dimension: number | null;
    readonly encoded: number;
    readonly rejected: readonly { readonly provider: string; readonly reason: string }[];
  }[];
  readonly backlog: { readonly rows: number };
}

describe('a server that encodes', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({
      rules: { 'encoder.yaml': ENCODER, 'tabular.yaml': TABULAR, 'monitor.yaml': MONITOR },
    });
  }, 60_000);
  afterAll(async () => {
    await server.stop();
    removeFolders();
  });

  const query = (model: string, name: string): VectorQuery => ({
    population: { model, service: '', region: '', where: {} },
    name,
    ranges: [{ from: 0, to: Date.now() + MINUTE }],
  });
  const vectors = (model: string, name: string, count: number): Promise<SampledVectors> =>
    eventually(
      `${count} vectors of ${model}`,
      async () => {
        const found = await server.server.store.vectors.sample('default', {
          ...query(model, name),
          limit: 10_000,
        });
        return found.ids.length >= count && found;
      },
      40_000,
    );
  const oldestPending = () => server.server.store.encoding.oldestPending();

  test('images become vectors and features; one that is broken is refused alone, and raw bytes are dropped', async () => {
    const now = Date.now();
    const rows = await images(40, [now - 60 * MINUTE, now - 50 * MINUTE]);
    const broken = {
      prediction_id: 'broken',
      model: 'defects',
      timestamp: new Date(now - 55 * MINUTE).toISOString(),
      inputs: { frame: { media_type: 'image/png', data: Buffer.from('no image').toString('base64') } },
    };
    const unasked = {
      prediction_id: 'unasked',
      model: 'defects',
      timestamp: new Date(now - 55 * MINUTE).toISOString(),
      inputs: { thumbnail: { media_type: 'image/png', data: await picture(1) } },
    };
    expect(await send(server, [...rows, broken, unasked])).toEqual({ accepted: 42, rejected: [] });
    const found = await vectors('defects', 'frame', 40);
    expect(found).toMatchObject({
      dimension: 128,
      encoder: { name: expect.stringMatching(/^frames@[0-9a-f]{8}$/) },
    });
    expect(found.encoder.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(found.ids).not.toContain('broken');
    const { values } = await server.server.store.vectors.features('default', {
      ...query('defects', 'frame'),
      limit: 100,
    });
    expect([...values.keys()].sort()).toEqual([
      'aspect_ratio',
      'brightness',
      'clipped_share',
      'contrast',
      'height',
      'occlusion_rate',
      'sharpness',
      'width',
    ]);
    expect(values.get('width')![0]).toBe(32);
    expect(values.get('occlusion_rate')![0]).toBeCloseTo(0.25, 6);
    await eventually('the broken image to be done with', async () => (await oldestPending()) === null);
    expect(await server.server.store.encoding.dropFinished(Date.now() + 30 * MINUTE)).toBe(41);
    expect((await server.server.store.encoding.backlog()).rows).toBe(0);
  });

  test('what a rule keeps is kept without what was private in it', async () => {
    const input = await eventually('a kept input', () =>
      server.server.store.vectors
        .keptInput('default', 'defects', 'frame', 'f-1')
        .then((found) => found ?? undefined),
    );
    const { data, info } = await sharp(input.data).raw().toBuffer({ resolveWithObject: true });
    const column = (x: number) =>
      Array.from({ length: info.height }, (_, y) => data[(y * info.width + x) * info.channels]!);
    expect(Math.max(...column(2))).toBe(0);
    expect(Math.max(...column(info.width - 2))).toBeGreaterThan(100);
    expect(await server.server.store.vectors.keptInput('default', 'defects', 'frame', 'broken')).toBeNull();
  });

  test('numeric features are an input of their own, and vectors that the service sends are not replaced', async () => {
    const timestamp = new Date(Date.now() - 5 * MINUTE).toISOString();
    const row = (id: string, features: object, more: object = {}) => ({
      prediction_id: id,
      model: 'loans',
      timestamp,
      features,
      ...more,
    });
    await send(server, [
      row('l-1', { age: 31, income: 21_000, city: 'Kiel' }),
      row('l-2', { age: 50 }),
      row('l-3', { city: 'Kiel' }),
      row('l-4', { age: 31, income: 21_000 }, { embeddings: { row: [1, 2, 3] } }),
    ]);
    const found = await vectors('loans', 'row', 2);
    expect([...found.ids].sort()).toEqual(['l-1', 'l-2']);
    expect(found.dimension).toBe(64);
    const own = await server.server.store.vectors.byIds(
      'default',
      { ...query('loans', 'row'), encoder: { name: '', sha256: '' } },
      ['l-4'],
    );
    expect([...own.data]).toEqual([1, 2, 3]);
  });

  test('the API says where encoders run, and why not on something better', async () => {
    const { items } = await get<EncodersAnswer>(server, 'encoders');
    expect(items.map(({ name, state, provider, dimension }) => [name, state, provider, dimension])).toEqual([
      ['frames', 'ready', 'cpu', 128],
      ['rows', 'ready', 'cpu', 64],
    ]);
    expect(items[0]!.encoded).toBeGreaterThanOrEqual(40);
    const metrics = await (await fetch(`${server.api}/metrics`)).text();
    expect(metrics).toContain('tidewatch_encoder_up{encoder="frames",provider="cpu"} 1');
    expect(metrics).toContain('tidewatch_encoder_inputs_total{encoder="frames",outcome="refused"} 1');
  });

  test('darker images raise a ticket that names the features, and the picture shows both sides', async () => {
    const now = Date.now();
    await send(server, await images(150, [now - 25 * MINUTE, now - 3 * MINUTE]));
    await send(server, await images(80, [now - MINUTE, now - 1_000], 0.3));
    const monitor = await eventually(
      'an alarm',
      async () => {
        const { items } = await get<{ items: { state: string; reason: string }[] }>(server, 'monitors');
        return items.find(({ state }) => state === 'alarm');
      },
      60_000,
    );
    expect(monitor.reason).toContain('frame centroid');
    expect(monitor.reason).toContain('Image features that changed most: ');
    expect(monitor.reason).toContain('brightness');
    await eventually('an incident with the monitor in it', async () => {
      const { items } = await get<{ items: { members: { name: string }[] }[] }>(
        server,
        'incidents?status=open',
      );
      return items.some(({ members }) =>
        members.some(({ name }) => name === 'EmbeddingMonitor/frames-drift'),
      );
    });
    const view = await get<{
      n: number;
      m: number;
      current: number[][];
      clusters: unknown[];
      shares: number[];
    }>(server, 'monitors/frames-drift/projection');
    expect(view.n).toBeGreaterThan(40);
    expect(view.m).toBeGreaterThan(100);
    expect(view.current).toHaveLength(view.n);
    expect(view.clusters.length).toBeGreaterThan(0);
    expect(view.shares[0]).toBeGreaterThan(0);
    const kept = await get<{ dataType: string }>(server, 'monitors/frames-drift/inputs/f-1');
    expect(kept.dataType).toBe('image/png');
  }, 90_000);

  test('an encoder process that is killed loses no image', async () => {
    const before = (await vectors('defects', 'frame', 270)).ids.length;
    const now = Date.now();
    const pid = server.server
      .encode!.encoders.all()
      .flatMap(({ state, rule }) =>
        state.kind === 'open' && rule.name === 'frames' ? [state.encoder.status().pid!] : [],
      )[0]!;
    const rows = await images(400, [now - 48 * MINUTE, now - 40 * MINUTE]);
    await send(server, rows);
    process.kill(pid, 'SIGKILL');
    const after = await vectors('defects', 'frame', before + 400);
    expect(after.ids).toHaveLength(before + 400);
    const { items } = await get<{ items: { name: string; restarts: number }[] }>(server, 'encoders');
    expect(items.find(({ name }) => name === 'frames')!.restarts).toBeGreaterThanOrEqual(1);
  }, 90_000);

  test('a rule that changes replaces the encoder; its vectors are not compared with those before', async () => {
    writeFileSync(
      join(server.rulesDir, 'encoder.yaml'),
      ENCODER.replace(
        'reference: image',
        'file: missing.onnx, sha256: "' + '0'.repeat(64) + '", preprocess: { kind: tensor }',
      ),
    );
    expect(server.server.reloadRules()).toBeNull();
    const failed = await eventually('the encoder to fail', async () => {
      const { items } = await get<EncodersAnswer>(server, 'encoders');
      return items.find(({ state }) => state === 'failed');
    });
    expect(failed.problem).toContain('missing.onnx');
    // Images wait for an encoder that cannot be used; those of others go on.
    await send(server, await images(3, [Date.now() - 2_000, Date.now() - 1_000]));
    await send(server, [{ prediction_id: 'l-9', model: 'loans', features: { age: 44 } }]);
    await vectors('loans', 'row', 3);
    // A vector is there a moment before its input is marked as done.
    await eventually(
      'the three images alone to wait',
      async () => (await get<EncodersAnswer>(server, 'encoders')).backlog.rows === 3,
    );
    writeFileSync(join(server.rulesDir, 'encoder.yaml'), ENCODER);
    expect(server.server.reloadRules()).toBeNull();
    await eventually(
      'the backlog to go',
      async () => (await get<EncodersAnswer>(server, 'encoders')).backlog.rows === 0,
    );
  }, 90_000);
});
