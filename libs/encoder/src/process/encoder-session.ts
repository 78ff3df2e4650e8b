import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { AppError } from '@tidewatch/core';
import type { PreparedTensor, PreparedTensors, TensorRole } from '../inputs/prepared-batch.js';
import type { ModelFit } from '../onnx/check-model.js';
import { meanPooling } from './mean-pooling.js';
import type { Trial } from './providers.js';
import type { Runtime } from './runtime.js';

/** Roles of tensors that go to the inputs of their names; any other goes to the model's one input. */
const NAMED_ROLES: readonly TensorRole[] = ['input_ids', 'attention_mask', 'token_type_ids'];

/** What an encoder's session is made of. */
export interface EncoderSessionParts {
  readonly runtime: Runtime;
  readonly session: InferenceSession;
  readonly fit: ModelFit;
  /** A batch that the model can be run on, at any time. */
  readonly sample: PreparedTensors;
}

/** An encoder's model on a provider. */
export class EncoderSession implements Trial {
  /** How many times the model was run. */
  runs = 0;
  private readonly parts: EncoderSessionParts;

  constructor(parts: EncoderSessionParts) {
    this.parts = parts;
  }

  check(): Promise<void> {
    return this.run();
  }

  /** Works on the sample batch. */
  async run(): Promise<void> {
    await this.vectors(this.parts.sample);
  }

  /**
   * The vectors of a batch, `rows * dimension` numbers. A model that takes one input at a time is run once for each row.
   *
   * @throws AppError `encoder.output` when the model gives something else than it says; whatever ONNX Runtime throws
   */
  async vectors(tensors: PreparedTensors): Promise<Float32Array> {
    const rows = rowCount(tensors);
    if (this.parts.fit.fixedBatch === null || rows === 1) {
      return this.runOnce(tensors, rows);
    }
    const { dimension } = this.parts.fit;
    const data = new Float32Array(rows * dimension);
    for (let row = 0; row < rows; row++) {
      data.set(await this.runOnce(rowOf(tensors, row), 1), row * dimension);
    }
    return data;
  }

  /** Ends profiling, which writes its file; the session goes on without. */
  endProfiling(): void {
    this.parts.session.endProfiling();
  }

  async release(): Promise<void> {
    await this.parts.session.release();
  }

  private async runOnce(tensors: PreparedTensors, rows: number): Promise<Float32Array> {
    const { session, fit } = this.parts;
    this.runs++;
    const outputs = await session.run(this.feeds(tensors), [fit.output]);
    const output = outputs[fit.output] as Tensor;
    const data = output.data as Float32Array;
    const wanted =
      fit.pooling === 'mean' ? [rows, output.dims[1] ?? 0, fit.dimension] : [rows, fit.dimension];
    // A pooling layer leaves sizes of 1 behind: [rows, d, 1, 1] holds the same numbers.
    const given = fit.pooling === 'mean' ? output.dims : withoutTrailingOnes(output.dims, wanted.length);
    if (given.join() !== wanted.join()) {
      throw new AppError({
        code: 'encoder.output',
        message: `The model gave [${output.dims.join(', ')}], where its file says [${wanted.join(', ')}] for ${rows} inputs.`,
        hint: 'Export the model with the sizes that it has.',
      });
    }
    if (fit.pooling === 'none') {
      return data;
    }
    const mask = tensors.attention_mask?.data as BigInt64Array;
    return meanPooling({ data, rows, tokens: wanted[1] ?? 0, dimension: fit.dimension }, mask);
  }

  private feeds(tensors: PreparedTensors): Record<string, Tensor> {
    const { runtime, fit } = this.parts;
    const feeds: Record<string, Tensor> = {};
    for (const [role, tensor] of entriesOf(tensors)) {
      const input = NAMED_ROLES.includes(role) ? fit.inputs.find(({ name }) => name === role) : fit.inputs[0];
      // A model without token types is given none.
      if (input !== undefined) {
        feeds[input.name] = tensorOf(runtime, tensor);
      }
    }
    return feeds;
  }
}

/** The sizes without those of 1 at the end, but for so many as there must be. */
function withoutTrailingOnes(dims: readonly number[], least: number): readonly number[] {
  const last = dims.findLastIndex((size) => size !== 1);
  return dims.slice(0, Math.max(least, last + 1));
}

function tensorOf(runtime: Runtime, { element, dims, data }: PreparedTensor): Tensor {
  return element === 'string'
    ? new runtime.Tensor('string', data, dims)
    : new runtime.Tensor(element, data as Float32Array, dims);
}

function entriesOf(tensors: PreparedTensors): [TensorRole, PreparedTensor][] {
  return Object.entries(tensors) as [TensorRole, PreparedTensor][];
}

function rowCount(tensors: PreparedTensors): number {
  return entriesOf(tensors)[0]?.[1].dims[0] ?? 0;
}

/** One row of each tensor. Its numbers are a view of the batch's. */
export function rowOf(tensors: PreparedTensors, row: number): PreparedTensors {
  return Object.fromEntries(
    entriesOf(tensors).map(([role, tensor]) => {
      const [rows = 1, ...dims] = tensor.dims;
      const size = tensor.data.length / rows;
      const [from, to] = [row * size, (row + 1) * size];
      return [
        role,
        tensor.element === 'string'
          ? { element: tensor.element, dims: [1, ...dims], data: tensor.data.slice(from, to) }
          : { element: tensor.element, dims: [1, ...dims], data: tensor.data.subarray(from, to) },
      ];
    }),
  );
}
