import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom } from '@tidewatch/core';
import {
  openEncoder,
  referenceEncoder,
  type Encoder,
  type EncoderRule,
  type EncoderStatus,
  type Preprocess,
  type RawInput,
  type ReferenceName,
} from '@tidewatch/encoder';
import { writeModel } from '../harness/small-models.js';
import { benchProvider } from './bench-provider.js';
import { residualNetwork } from './residual-network.js';

/** What every encoder of a benchmark takes at once. */
export const BATCH = 32;
/** Different inputs; they are sent again and again. */
const INPUTS = 256;
const FIXTURES = join(process.cwd(), 'libs/encoder/fixtures');

/** An encoder and what it is given. */
export interface EncoderWorkload {
  readonly rule: EncoderRule;
  readonly modelPath: string;
  readonly sha256: string;
  /** Sizes of one row of the model's one input, which is float32. */
  readonly row: readonly number[];
  readonly inputs: readonly RawInput[];
}

/** The encoder for images that ships, which takes 64 x 64 pixels, fed images of `side` x `side` pixels as tensors of bytes. */
export function imageWorkload(side = 64, batch = BATCH): EncoderWorkload {
  const random = seededRandom(1);
  return {
    ...reference('image', batch),
    row: [3, 64, 64],
    inputs: Array.from({ length: INPUTS }, () => pixels(side, random)),
  };
}

/** MobileNetV2 of width 0.1 as Keras exports it, fed images of 32 x 32 pixels as tensors of bytes. */
export function mobilenetWorkload(): EncoderWorkload {
  const modelPath = join(FIXTURES, 'mobilenet-tiny.onnx');
  const sha256 = createHash('sha256').update(readFileSync(modelPath)).digest('hex');
  const { preprocess } = JSON.parse(readFileSync(join(FIXTURES, 'mobilenet-tiny.json'), 'utf8')) as {
    preprocess: Preprocess;
  };
  const random = seededRandom(2);
  return {
    rule: { ...ruleOf('mobilenet', preprocess, BATCH), source: { kind: 'file', path: modelPath }, sha256 },
    modelPath,
    sha256,
    row: [32, 32, 3],
    inputs: Array.from({ length: INPUTS }, () => pixels(32, random)),
  };
}

/** ResNet-18 as {@link residualNetwork} makes it, fed images of 64 x 64 pixels as tensors of bytes. */
export function residualWorkload(): EncoderWorkload {
  const { path, sha256 } = writeModel(residualNetwork());
  const { preprocess } = referenceEncoder('image');
  return {
    ...imageWorkload(),
    rule: { ...ruleOf('residual', preprocess as Preprocess, BATCH), source: { kind: 'file', path }, sha256 },
    modelPath: path,
    sha256,
  };
}

/** The encoder for features that ships, fed all 64. */
export function tabularWorkload(): EncoderWorkload {
  const random = seededRandom(3);
  return {
    ...reference('tabular', BATCH),
    row: [64],
    inputs: Array.from({ length: INPUTS }, () => {
      const values = Float64Array.from({ length: 64 }, random);
      return { dataType: 'features', shape: [], data: new Uint8Array(values.buffer), maskedBoxes: [] };
    }),
  };
}

/** Opens the encoder and waits for it. */
export async function openWorkload(
  workload: EncoderWorkload,
): Promise<{ encoder: Encoder; provider: string }> {
  const { rule, modelPath, sha256 } = workload;
  const quiet = (): void => undefined;
  const error = (about: unknown, message: string): void =>
    void process.stderr.write(`${message} ${JSON.stringify(about)}\n`);
  const encoder = openEncoder({ rule, modelPath, sha256, logger: { info: quiet, warn: quiet, error } });
  const { provider, problem } = await encoder.ready();
  if (provider === null) {
    await encoder.close();
    throw new Error(`The encoder ${rule.name} did not start: ${problem}`);
  }
  return { encoder, provider: providerText(provider) };
}

/** As figures name it. */
export function providerText({ provider, device }: NonNullable<EncoderStatus['provider']>): string {
  return `${provider} (${device})`;
}

/**
 * Encodes for a time, with many callers of a few inputs each, so that whole batches always wait; the rows that were encoded,
 * and in how many milliseconds.
 */
export async function encodeFor(
  encoder: Encoder,
  inputs: readonly RawInput[],
  milliseconds: number,
): Promise<{ readonly rows: number; readonly milliseconds: number }> {
  const perCall = 4;
  const callers = (8 * encoder.rule.batch.size) / perCall;
  const start = performance.now();
  let rows = 0;
  let next = 0;
  await Promise.all(
    Array.from({ length: callers }, async () => {
      while (performance.now() - start < milliseconds) {
        const at = (next++ * perCall) % (inputs.length - perCall + 1);
        const encoded = await encoder.encode(inputs.slice(at, at + perCall));
        const refused = encoded.find((each) => 'refused' in each);
        if (refused !== undefined) {
          throw new Error(`An input of the benchmark was refused: ${JSON.stringify(refused)}`);
        }
        rows += encoded.length;
      }
    }),
  );
  return { rows, milliseconds: performance.now() - start };
}

function reference(
  name: ReferenceName,
  batch: number,
): Pick<EncoderWorkload, 'rule' | 'modelPath' | 'sha256'> {
  const { path, sha256, preprocess } = referenceEncoder(name);
  const features: Preprocess = {
    kind: 'features',
    names: Array.from({ length: 64 }, (_, index) => `f${index}`),
    mean: new Array<number>(64).fill(0.5),
    std: new Array<number>(64).fill(0.3),
  };
  return { rule: ruleOf(name, preprocess ?? features, batch), modelPath: path, sha256 };
}

function ruleOf(name: string, preprocess: Preprocess, size: number): EncoderRule {
  return {
    kind: 'Encoder',
    name,
    owner: '',
    runbook: '',
    labels: {},
    model: 'bench',
    input: 'input',
    source: { kind: 'reference', name: name as ReferenceName },
    sha256: null,
    signature: null,
    preprocess,
    output: { name: null, dimension: null },
    provider: benchProvider(),
    batch: { size, waitMs: 20 },
    // As rules have it that do not say otherwise: one for each core.
    threads: null,
    memoryLimitBytes: 2 ** 31,
    profiling: false,
    keepInputs: null,
  };
}

function pixels(side: number, random: () => number): RawInput {
  const data = Uint8Array.from({ length: side * side * 3 }, () => Math.floor(random() * 256));
  return { dataType: 'uint8', shape: [side, side, 3], data, maskedBoxes: [] };
}
