import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { seededRandom } from '@tidewatch/core';
import {
  encoderRuleSchema,
  loadModel,
  openEncoder,
  type Encoder,
  type EncoderRule,
  type RawInput,
} from '@tidewatch/encoder';
import { processLog, type ProcessLog } from '../harness/process-log.js';
import { projection, removeModels, tensorInput, tensorRule, writeModel } from '../harness/small-models.js';
import { softwareVulkan } from '../harness/software-vulkan.js';

const opened: Encoder[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((encoder) => encoder.close()));
});
afterAll(removeModels);

/** An environment without a Vulkan driver, whatever this machine has. */
const NO_VULKAN = { ...process.env, VK_DRIVER_FILES: '/nonexistent/icd.json' };
const NO_CUDA = {
  provider: 'cuda',
  reason: 'its library is not installed (npm run setup:gpu installs it)',
};
const NO_CARD = expect.stringContaining('no graphics card was found');

async function imageEncoder(
  provider: EncoderRule['provider'],
  environment: Readonly<Record<string, string | undefined>>,
  logger: ProcessLog = processLog(),
): Promise<Encoder> {
  const written = encoderRuleSchema.parse({
    apiVersion: 'tidewatch.dev/v1',
    kind: 'Encoder',
    metadata: { name: 'images' },
    // A small batch: the software driver takes a second for some pictures.
    spec: { model: 'vision', input: 'image', reference: 'image', provider, batch: { size: 4 } },
  });
  const { rule, path, sha256 } = await loadModel(written, { rulesDir: '/', dataDir: '/' });
  const encoder = openEncoder({ rule, modelPath: path, sha256, logger, environment });
  opened.push(encoder);
  return encoder;
}

/** Made-up pictures, each of another brightness and pattern. */
function pictures(count: number): RawInput[] {
  const random = seededRandom(3);
  return Array.from({ length: count }, (_, i) => ({
    dataType: 'uint8',
    shape: [48, 64, 3],
    data: Uint8Array.from({ length: 48 * 64 * 3 }, (_, at) => (random() * 60 + at / (50 + i) + i * 9) % 256),
    maskedBoxes: [],
  }));
}

async function vectorsOf(encoder: Encoder, inputs: readonly RawInput[]): Promise<Float32Array[]> {
  const results = await encoder.encode(inputs);
  return results.map((result) => {
    expect(result).toHaveProperty('vector');
    return (result as { vector: Float32Array }).vector;
  });
}

describe('auto', () => {
  test('takes the processor where there is no card, and says why each better one is not in use', async () => {
    const logger = processLog();
    const model = writeModel(projection(4, 3));
    const encoder = openEncoder({
      rule: tensorRule(model, { provider: 'auto' }),
      modelPath: model.path,
      sha256: model.sha256,
      logger,
      environment: NO_VULKAN,
    });
    opened.push(encoder);
    const { provider } = await encoder.ready();
    expect(provider).toEqual({
      provider: 'cpu',
      device: expect.stringMatching(/\d+ threads$/),
      rejected: [NO_CUDA, { provider: 'webgpu', reason: NO_CARD }],
    });
    expect(logger.lines).toContainEqual({
      level: 'info',
      message: 'a process is ready',
      fields: expect.objectContaining({ provider: 'cpu', rejected: provider?.rejected }),
    });
    expect(await encoder.encode([tensorInput([1, 2, 3, 4])])).toHaveLength(1);
  });

  test('takes the processor when a software driver is slower, and says how fast both were', async () => {
    const encoder = await imageEncoder('auto', softwareVulkan());
    const { provider } = await encoder.ready();
    expect(provider?.provider).toBe('cpu');
    expect(provider?.rejected).toEqual([
      NO_CUDA,
      {
        provider: 'webgpu',
        reason: expect.stringMatching(/^it took [\d.]+ ms for a batch and the processor [\d.]+ ms$/),
      },
    ]);
  });

  test('does not try again what killed the process', async () => {
    const encoder = await imageEncoder('auto', softwareVulkan());
    await driverLoaded(encoder);
    process.kill(encoder.status().pid as number, 'SIGKILL');
    const { provider, restarts } = await encoder.ready();
    expect(restarts).toBe(1);
    expect(provider?.provider).toBe('cpu');
    expect(provider?.rejected).toEqual([
      NO_CUDA,
      { provider: 'webgpu', reason: expect.stringMatching(/^a process that tried it was killed by SIGKILL/) },
    ]);
  });
});

/** Resolves when the encoder's process has loaded the software driver: it is trying it then. */
async function driverLoaded(encoder: Encoder): Promise<void> {
  for (;;) {
    const maps = `/proc/${encoder.status().pid}/maps`;
    if (existsSync(maps) && readFileSync(maps, 'utf8').includes('libvk_swiftshader')) {
      return;
    }
    await sleep(5);
  }
}

describe('a provider asked for by name', () => {
  const missing: [EncoderRule['provider'], string][] = [
    ['cuda', 'its library is not installed (npm run setup:gpu installs it)'],
    ['webgpu', 'no graphics card was found'],
  ];
  test.each(missing)(
    '%s is an error where it does not work, and no silent fallback',
    async (name, reason) => {
      const encoder = await imageEncoder(name, NO_VULKAN);
      const waiting = encoder.encode(pictures(1)).catch((error: unknown) => error);
      const status = await encoder.ready();
      expect(status).toMatchObject({ state: 'failed', provider: null });
      expect(status.problem).toContain(
        `The model cannot run on ${name}, which was asked for by name: ${reason}`,
      );
      expect(await waiting).toMatchObject({ code: 'encoder.failed', retryable: false });
      await expect(encoder.encode(pictures(1))).rejects.toMatchObject({ code: 'encoder.failed' });
    },
  );

  test('webgpu gives the vectors that the processor gives, on a software Vulkan driver', async () => {
    const [onCard, onProcessor] = await Promise.all([
      imageEncoder('webgpu', softwareVulkan()),
      imageEncoder('cpu', process.env),
    ]);
    const inputs = pictures(6);
    const [found, wanted] = await Promise.all([vectorsOf(onCard, inputs), vectorsOf(onProcessor, inputs)]);
    expect(onCard.status().provider).toEqual({
      provider: 'webgpu',
      device: 'SwiftShader (software, no card)',
      rejected: [],
    });
    found.forEach((vector, i) => {
      const other = wanted[i] as Float32Array;
      const length = Math.hypot(...other);
      const distance = Math.hypot(...vector.map((value, at) => value - (other[at] as number)));
      expect(distance / length).toBeLessThan(1e-3);
    });
  });
});
