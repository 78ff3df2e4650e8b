import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { openEncoder, type Encoder, type EncoderOptions, type EncoderRule } from '@tidewatch/encoder';
import { processLog } from '../harness/process-log.js';
import {
  projection,
  removeModels,
  tensorInput,
  tensorRule,
  writeModel,
  type SmallModel,
} from '../harness/small-models.js';

const opened: Encoder[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((encoder) => encoder.close()));
});
afterAll(removeModels);

function open(
  model: SmallModel,
  changes: Partial<EncoderRule> = {},
  options: Partial<EncoderOptions> = {},
): Encoder {
  const encoder = openEncoder({
    rule: tensorRule(model, changes),
    modelPath: model.path,
    sha256: model.sha256,
    logger: processLog(),
    ...options,
  });
  opened.push(encoder);
  return encoder;
}

describe('a model that cannot be used', () => {
  const good = projection(4, 3);
  const models: [string, () => SmallModel, Partial<EncoderRule>, RegExp][] = [
    ['is no ONNX file', () => writeModel(new TextEncoder().encode('<html>not found</html>')), {}, /./],
    ['was cut off', () => writeModel(good.subarray(0, good.length - 20)), {}, /./],
    ['is empty', () => writeModel(new Uint8Array(0)), {}, /./],
    [
      'has another checksum',
      () => ({ ...writeModel(good), sha256: 'f'.repeat(64) }),
      {},
      /another than the rule names/,
    ],
    ['is not there', () => ({ path: '/nonexistent/model.onnx', sha256: '0'.repeat(64) }), {}, /nonexistent/],
    ['has vectors of another length', () => writeModel(good), { output: { name: null, dimension: 5 } }, /5/],
    ['lacks the output', () => writeModel(good), { output: { name: 'pooled', dimension: null } }, /pooled/],
  ];
  test.each(models)(
    '%s: the encoder fails with the reason and stays so',
    async (_, model, changes, reason) => {
      const encoder = open(model(), changes);
      const status = await encoder.ready();
      expect(status).toMatchObject({ state: 'failed', dimension: null, restarts: 0 });
      expect(status.problem).toMatch(reason);
      await expect(encoder.encode([tensorInput([1, 2, 3, 4])])).rejects.toMatchObject({
        code: 'encoder.failed',
        retryable: false,
      });
    },
  );

  test('was replaced while the encoder ran: a process that is started again does not take the other', async () => {
    const model = writeModel(good);
    const encoder = open(model);
    await encoder.ready();
    writeFileSync(model.path, projection(4, 2));
    process.kill(encoder.status().pid as number, 'SIGKILL');
    while (encoder.status().state === 'ready') {
      await sleep(10);
    }
    const status = await encoder.ready();
    expect(status.state).toBe('failed');
    expect(status.problem).toContain('another than the rule names');
  });
});

test('another model is another process, and each gives its own vectors', async () => {
  const [first, second] = [open(writeModel(projection(4, 3))), open(writeModel(projection(4, 2)))];
  const input = [tensorInput([1, 2, 3, 4])];
  const [a, b] = await Promise.all([first.encode(input), second.encode(input)]);
  expect(a[0]).toMatchObject({ vector: { length: 3 } });
  expect(b[0]).toMatchObject({ vector: { length: 2 } });
  expect(first.status().pid).not.toBe(second.status().pid);
});

test('a process that dies whenever it starts is told, is retryable, and is started again', async () => {
  const logger = processLog();
  const encoder = open(
    writeModel(projection(4, 3)),
    {},
    { logger, environment: { ...process.env, NODE_OPTIONS: '--no-such-option' } },
  );
  const waiting = encoder.encode([tensorInput([1, 2, 3, 4])]).catch((error: unknown) => error);
  const status = await encoder.ready();
  expect(status.state).toBe('failed');
  expect(status.problem).toContain('its process ended with status 9');
  expect(await waiting).toMatchObject({ code: 'encoder.failed', retryable: true });
  const { restarts } = encoder.status();
  await sleep(2000);
  expect(encoder.status().restarts).toBeGreaterThan(restarts);
  expect(logger.text()).toContain('--no-such-option is not allowed');
});

test('a process that hangs at its start is ended and started again', async () => {
  const logger = processLog();
  const encoder = open(writeModel(projection(4, 3)), {}, { logger, timeouts: { startMs: 1 } });
  await sleep(600);
  expect(encoder.status().problem).toBe('its process was ended because it was not ready within 1 ms');
  await encoder.close();
});

test('the process ends when its parent is killed', async () => {
  const model = writeModel(projection(4, 3));
  const program = join(model.path, '..', 'parent.mjs');
  const encoderFile = join(process.cwd(), 'dist/libs/encoder/src/process/encoder.js');
  writeFileSync(
    program,
    `import { openEncoder } from ${JSON.stringify(encoderFile)};
     const logger = { info() {}, warn() {}, error() {} };
     const encoder = openEncoder(${JSON.stringify({
       rule: tensorRule(model),
       modelPath: model.path,
       sha256: model.sha256,
     }).slice(0, -1)}, logger });
     console.log((await encoder.ready()).pid);`,
  );
  const parent = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [printed] = (await once(parent.stdout, 'data')) as [Buffer];
  const child = Number(printed.toString());
  expect(existsSync(`/proc/${child}`)).toBe(true);
  parent.kill('SIGKILL');
  for (let waits = 0; waits < 200 && existsSync(`/proc/${child}`); waits++) {
    await sleep(25);
  }
  expect(existsSync(`/proc/${child}`)).toBe(false);
  rmSync(program);
});
