import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import {
  openEncoder,
  type EncodedInput,
  type Encoder,
  type EncoderOptions,
  type EncoderRule,
  type RawInput,
} from '@tidewatch/encoder';
import { processLog } from '../harness/process-log.js';
import {
  heavyWork,
  projection,
  projectionWeights,
  removeModels,
  squareRoots,
  tensorInput,
  tensorRule,
  writeModel,
} from '../harness/small-models.js';

const LENGTH = 6;
const DIMENSION = 4;
const opened: Encoder[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((encoder) => encoder.close()));
});
afterAll(removeModels);

function open(
  bytes: Uint8Array,
  changes: Partial<EncoderRule> = {},
  options: Partial<EncoderOptions> = {},
): Encoder {
  const model = writeModel(bytes);
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

/** Numbers that differ from input to input. */
function valuesOf(index: number): number[] {
  return Array.from({ length: LENGTH }, (_, i) => ((index * 31 + i * 7) % 101) / 10 - 5);
}

function inputs(count: number, first = 0): RawInput[] {
  return Array.from({ length: count }, (_, i) => tensorInput(valuesOf(first + i)));
}

/** What the projection makes of input `index`, by plain loops. */
function expected(index: number): number[] {
  const weights = projectionWeights(LENGTH, DIMENSION);
  return Array.from({ length: DIMENSION }, (_, column) =>
    valuesOf(index).reduce(
      (sum, value, row) => sum + value * (weights[row * DIMENSION + column] as number),
      0,
    ),
  );
}

function expectProjected(results: readonly EncodedInput[], first = 0): void {
  results.forEach((result, i) => {
    expect(result).toHaveProperty('vector');
    const { vector } = result as { vector: Float32Array };
    expect(vector).toHaveLength(DIMENSION);
    // Sums of six products in float32.
    expected(first + i).forEach((value, column) => expect(vector[column]).toBeCloseTo(value, 4));
  });
}

function killProcess(encoder: Encoder): void {
  const { pid } = encoder.status();
  if (pid !== undefined) {
    process.kill(pid, 'SIGKILL');
  }
}

describe('an encoder in a process of its own', () => {
  test('encodes the inputs of many callers in order, in batches, and says how it is doing', async () => {
    const encoder = open(projection(LENGTH, DIMENSION));
    expect(encoder.status()).toMatchObject({ state: 'starting', dimension: null, provider: null });
    const ready = await encoder.ready();
    expect(ready).toMatchObject({ state: 'ready', dimension: DIMENSION, problem: '', restarts: 0 });
    expect(ready.provider).toMatchObject({ provider: 'cpu', rejected: [] });
    const calls = Array.from({ length: 20 }, (_, i) => encoder.encode(inputs(5, i * 5)));
    for (const [i, results] of (await Promise.all(calls)).entries()) {
      expect(results).toHaveLength(5);
      expectProjected(results, i * 5);
    }
    const status = encoder.status();
    expect(status).toMatchObject({ encoded: 100, refused: 0, queued: 0 });
    // 100 inputs at 8 a batch, whosever they are.
    expect(status.batches).toBeLessThanOrEqual(20);
    expect(status.residentBytes).toBeGreaterThan(10 * 2 ** 20);
  });

  test('what its libraries write about the start is no warning, also when it is read after the start', async () => {
    const talks = 'setInterval(() => console.error("said"), 50)';
    const logger = processLog();
    const environment = { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(talks)}` };
    const encoder = open(projection(LENGTH, DIMENSION), {}, { logger, environment });
    await encoder.ready();
    const heard = (level: string): number =>
      logger.lines.filter((line) => line.level === level && line.message === 'said').length;
    const before = heard('info');
    while (heard('warn') === 0) {
      await sleep(20);
    }
    expect(heard('info')).toBeGreaterThanOrEqual(before + 5);
  });

  test('answers an empty batch without asking the process, and one input after the wait', async () => {
    const encoder = open(projection(LENGTH, DIMENSION), { batch: { size: 1000, waitMs: 10 } });
    expect(await encoder.encode([])).toEqual([]);
    expectProjected(await encoder.encode(inputs(1, 3)), 3);
  });

  test('runs a model that takes one input at a time once for each', async () => {
    const encoder = open(projection(LENGTH, DIMENSION, 1));
    expectProjected(await encoder.encode(inputs(11)));
  });

  test('refuses by itself what is of another form, and what the model makes no vector of', async () => {
    const encoder = open(squareRoots(3));
    const results = await encoder.encode([
      tensorInput([1, 4, 9]),
      tensorInput([1, -4, 9]),
      tensorInput([0, 0, 0]),
      tensorInput([1, 4]),
      tensorInput([1, NaN, 9]),
      { dataType: 'image/png', shape: [], data: new Uint8Array(8), maskedBoxes: [] },
      tensorInput([16, 25, 36]),
    ]);
    expect(results[0]).toEqual({ vector: Float32Array.of(1, 2, 3), features: {} });
    expect(results[1]).toEqual({ refused: 'the model gave a vector with NaN in place 1' });
    expect(results[2]).toEqual({ refused: 'the model gave a vector of zeros' });
    expect(results[3]).toEqual({ refused: expect.stringContaining('shape') });
    expect(results[4]).toEqual({ refused: expect.stringContaining('not a finite number') });
    expect(results[5]).toEqual({ refused: expect.stringContaining('the model takes') });
    expect(results[6]).toEqual({ vector: Float32Array.of(4, 5, 6), features: {} });
    expect(encoder.status()).toMatchObject({ encoded: 2, refused: 5 });
  });

  test('shows the operators of the model when profiling is on', async () => {
    const encoder = open(projection(LENGTH, DIMENSION), {
      profiling: true,
      batch: { size: 1, waitMs: 0 },
    });
    await encoder.encode(inputs(40));
    const { profile } = encoder.status();
    expect(profile).toEqual([
      {
        operator: 'MatMul',
        provider: 'CPUExecutionProvider',
        calls: 20,
        milliseconds: expect.any(Number),
        share: 1,
      },
    ]);
  });
});

describe('an encoder whose process is killed', () => {
  test('loses nothing, however often it is killed', async () => {
    const encoder = open(projection(LENGTH, DIMENSION));
    await encoder.ready();
    const calls = Array.from({ length: 60 }, (_, i) => encoder.encode(inputs(20, i * 20)));
    for (let kills = 0; kills < 3; kills++) {
      const { pid } = await encoder.ready();
      killProcess(encoder);
      // Its death is noticed in a while; killing it again would be no other death.
      while (encoder.status().pid === pid) {
        await sleep(5);
      }
    }
    for (const [i, results] of (await Promise.all(calls)).entries()) {
      expectProjected(results, i * 20);
    }
    expect(encoder.status()).toMatchObject({ state: 'ready', encoded: 1200, refused: 0 });
    expect(encoder.status().restarts).toBeGreaterThanOrEqual(3);
  });

  test('an input that ends the process again and again is refused, and its neighbours are encoded', async () => {
    const encoder = open(heavyWork(2), {}, { timeouts: { answerMs: 400 } });
    await encoder.ready();
    const poison = 2;
    const results = await encoder.encode(
      Array.from({ length: 4 }, (_, i) => tensorInput([i === poison ? 5000 : i, 1])),
    );
    expect(results[poison]).toEqual({
      refused: expect.stringContaining('was ended because it did not answer'),
    });
    results.forEach((result, i) => {
      if (i !== poison) {
        expect(result).toEqual({ vector: Float32Array.of(i, 1), features: {} });
      }
    });
    expect(await encoder.ready()).toMatchObject({ state: 'ready', encoded: 3, refused: 1 });
  });
});

describe('an encoder under load', () => {
  test('takes no more than its queue holds, and says whether trying again helps', async () => {
    const encoder = open(projection(LENGTH, DIMENSION), {}, { queue: { inputs: 30, bytes: 2000 } });
    const first = encoder.encode(inputs(25));
    await expect(encoder.encode(inputs(6))).rejects.toMatchObject({
      code: 'encoder.queue-full',
      retryable: true,
    });
    await expect(encoder.encode(inputs(31))).rejects.toMatchObject({
      code: 'encoder.queue-full',
      retryable: false,
    });
    const large = Array.from({ length: 2 }, () => tensorInput(new Float32Array(300)));
    await expect(encoder.encode(large)).rejects.toMatchObject({ code: 'encoder.queue-full' });
    expectProjected(await first);
    expectProjected(await encoder.encode(inputs(30)));
  });

  test('gives up what was taken back, and only that', async () => {
    const encoder = open(projection(LENGTH, DIMENSION));
    const [kept, dropped] = [new AbortController(), new AbortController()];
    const results = encoder.encode(inputs(10), kept.signal);
    const cancelled = encoder.encode(inputs(50, 10), dropped.signal);
    const third = encoder.encode(inputs(10, 60));
    dropped.abort();
    await expect(cancelled).rejects.toMatchObject({ code: 'encoder.cancelled' });
    expect(encoder.status().queued).toBe(20);
    await expect(encoder.encode(inputs(1), dropped.signal)).rejects.toMatchObject({
      code: 'encoder.cancelled',
    });
    expectProjected(await results);
    expectProjected(await third, 60);
    kept.abort();
    expect(encoder.status()).toMatchObject({ encoded: 20, queued: 0 });
  });

  test('replaces a process that has grown above its limit, and loses nothing', async () => {
    const length = 250_000;
    const logger = processLog();
    // Below what the process needs from the start: it is replaced when it has grown by a quarter.
    const encoder = open(squareRoots(length), { memoryLimitBytes: 1 }, { logger });
    const { pid } = await encoder.ready();
    for (let round = 0; round < 40 && encoder.status().restarts === 0; round++) {
      const values = new Float32Array(length).fill(round + 1);
      const results = await encoder.encode(Array.from({ length: 16 }, () => tensorInput(values)));
      for (const result of results) {
        expect((result as { vector: Float32Array }).vector[length - 1]).toBeCloseTo(Math.sqrt(round + 1), 5);
      }
    }
    expect(encoder.status()).toMatchObject({ restarts: 1, state: 'ready', refused: 0 });
    expect(encoder.status().pid).not.toBe(pid);
    expect(logger.text()).toContain('above its memory limit as soon as it has started');
    expect(logger.text()).toContain('replaced for the memory it uses');
  });
});

describe('an encoder that is closed', () => {
  test('finishes what was sent, refuses the rest, and leaves no process', async () => {
    const encoder = open(projection(LENGTH, DIMENSION));
    const { pid } = await encoder.ready();
    const calls = Array.from({ length: 50 }, () => encoder.encode(inputs(8)));
    const outcomes = Promise.allSettled(calls);
    await encoder.close();
    const settled = await outcomes;
    expect(settled[0]?.status).toBe('fulfilled');
    expect(settled.at(-1)).toMatchObject({ reason: { code: 'encoder.closed' } });
    expect(encoder.status().state).toBe('closed');
    await expect(encoder.encode(inputs(1))).rejects.toMatchObject({ code: 'encoder.closed' });
    expect(() => process.kill(pid as number, 0)).toThrow('ESRCH');
  });

  test('ends a process that does not end by itself in time', async () => {
    const encoder = open(heavyWork(2), {}, { timeouts: { stopMs: 300 } });
    const { pid } = await encoder.ready();
    const stuck = encoder.encode([tensorInput([6000, 1])]);
    const outcome = stuck.catch((error: unknown) => error);
    await sleep(100);
    await encoder.close();
    expect(await outcome).toMatchObject({ code: 'encoder.closed' });
    expect(() => process.kill(pid as number, 0)).toThrow('ESRCH');
  });
});
