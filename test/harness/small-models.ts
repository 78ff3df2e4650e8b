import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EncoderRule, RawInput } from '@tidewatch/encoder';
import { seededRandom } from '@tidewatch/core';
import { ModelBuilder, type Dimension } from '../../libs/encoder/src/onnx/model-builder.js';

/** A model on the disk. */
export interface SmallModel {
  readonly path: string;
  readonly sha256: string;
}

const folders: string[] = [];

/** Writes bytes as a model file. */
export function writeModel(bytes: Uint8Array): SmallModel {
  const folder = mkdtempSync(join(tmpdir(), 'tidewatch-model-'));
  folders.push(folder);
  const path = join(folder, 'model.onnx');
  writeFileSync(path, bytes);
  return { path, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** Removes what {@link writeModel} wrote. */
export function removeModels(): void {
  folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true, force: true }));
}

/** The weights of {@link projection}, row-major. */
export function projectionWeights(length: number, dimension: number): Float32Array {
  const random = seededRandom(7);
  return Float32Array.from({ length: length * dimension }, () => random() - 0.5);
}

/** `embedding = x W`: a tensor of `length` numbers becomes `dimension`. */
export function projection(length: number, dimension: number, batch: Dimension = 'batch'): Uint8Array {
  const model = newModel(length, dimension, batch);
  model.initializer('w', { dims: [length, dimension], data: projectionWeights(length, dimension) });
  model.node('MatMul', ['x', 'w'], 'embedding');
  return model.build();
}

/** `embedding = sqrt(x)`: not a number below 0, infinite for infinity, zeros for zeros. */
export function squareRoots(length: number): Uint8Array {
  const model = newModel(length, length);
  model.node('Sqrt', ['x'], 'embedding');
  return model.build();
}

/**
 * `embedding = x`, after work that grows with the third power of the largest number of the batch: an input decides whether
 * the model is done at once or in minutes.
 */
export function heavyWork(length: number): Uint8Array {
  const model = newModel(length, length);
  model.initializer('one', { dims: [1], data: BigInt64Array.of(1n) });
  model.initializer('zero', { dims: [1], data: Float32Array.of(0) });
  model.node('ReduceMax', ['x'], 'largest', { axes: [0, 1], keepdims: 0 });
  model.node('Cast', ['largest'], 'whole', { to: 7 });
  model.node('Unsqueeze', ['whole', 'axis'], 'size');
  model.initializer('axis', { dims: [1], data: BigInt64Array.of(0n) });
  model.node('Add', ['size', 'one'], 'side');
  model.node('Concat', ['side', 'side'], 'shape', { axis: 0 });
  model.node('ConstantOfShape', ['shape'], 'm0', {
    value: { tensor: { dims: [1], data: Float32Array.of(1e-3) } },
  });
  for (let i = 0; i < 12; i++) {
    model.node('MatMul', [`m${i}`, 'm0'], `m${i + 1}`);
  }
  model.node('ReduceSum', ['m12'], 'sum', { keepdims: 0 });
  model.node('Mul', ['sum', 'zero'], 'nothing');
  model.node('Add', ['x', 'nothing'], 'embedding');
  return model.build();
}

function newModel(length: number, dimension: number, batch: Dimension = 'batch'): ModelBuilder {
  return new ModelBuilder({
    name: 'small',
    opset: 17,
    inputs: [{ name: 'x', element: 'float32', shape: [batch, length] }],
    outputs: [{ name: 'embedding', element: 'float32', shape: [batch, dimension] }],
  });
}

/** A rule that sends tensors to a model as they are. */
export function tensorRule({ path, sha256 }: SmallModel, changes: Partial<EncoderRule> = {}): EncoderRule {
  return {
    kind: 'Encoder',
    name: 'small',
    owner: '',
    runbook: '',
    labels: {},
    model: 'demo',
    input: 'x',
    source: { kind: 'file', path },
    sha256,
    signature: null,
    preprocess: { kind: 'tensor' },
    output: { name: null, dimension: null },
    provider: 'cpu',
    batch: { size: 8, waitMs: 5 },
    threads: 1,
    memoryLimitBytes: 2 ** 31,
    profiling: false,
    keepInputs: null,
    ...changes,
  };
}

/** Numbers as they are sent. */
export function tensorInput(values: readonly number[] | Float32Array): RawInput {
  const data = Float32Array.from(values);
  return { dataType: 'float32', shape: [data.length], data: new Uint8Array(data.buffer), maskedBoxes: [] };
}
