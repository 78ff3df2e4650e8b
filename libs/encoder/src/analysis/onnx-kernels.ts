import type { InferenceSession, Tensor } from 'onnxruntime-node';
import type { KernelForms, KernelFunction, Matrix, MatrixKernels } from '@tidewatch/stats';
import type { Provider } from '../process/provider-report.js';
import { type Runtime, sessionOptions } from '../process/runtime.js';
import { kernelOperands } from './kernel-operands.js';
import { kernelModel, type KernelModelName } from './kernel-models.js';

/**
 * How large the part of a result is that is computed at once. On a processor a part should stay in its cache; a card wants
 * large ones, and has the memory. Measured with 10,000 x 32 vectors and 101 rows of weights on two cores: 0.17 s at 2.5 MB,
 * 0.21 s at 10 MB, 0.28 s at 64 MB for all of the energy kernel.
 */
const BLOCK_BYTES: Readonly<Record<Provider, number>> = {
  cpu: 4 * 2 ** 20,
  webgpu: 64 * 2 ** 20,
  cuda: 64 * 2 ** 20,
};
const FLOAT_BYTES = 4;

type Feeds = Record<string, Tensor>;

/** {@link MatrixKernels} by ONNX Runtime, on one of its providers. */
export class OnnxKernels implements MatrixKernels {
  private readonly runtime: Runtime;
  private readonly provider: Provider;
  private readonly threads: number | null;
  private readonly sessions = new Map<KernelModelName, Promise<InferenceSession>>();

  constructor(runtime: Runtime, provider: Provider, threads: number | null) {
    this.runtime = runtime;
    this.provider = provider;
    this.threads = threads;
  }

  async multiply(a: Matrix, b: Matrix): Promise<Matrix> {
    const fixed = { b: this.tensor(b) };
    return this.byRows(a, b.rows, 'multiply', (rows) => ({ ...fixed, a: rows }));
  }

  async fourierFeatures(vectors: Matrix, frequencies: Matrix): Promise<Matrix> {
    const fixed = {
      w: this.tensor(frequencies),
      scale: this.floats(Float32Array.of(1 / Math.sqrt(frequencies.rows)), [1]),
    };
    return this.byRows(vectors, 2 * frequencies.rows, 'fourier', (rows) => ({ ...fixed, x: rows }));
  }

  async squaredNorms(weights: Matrix, values: Matrix): Promise<Float64Array> {
    if (weights.rows === 0) {
      return new Float64Array(0);
    }
    const { c } = await this.run('squared-norms', { s: this.tensor(weights), v: this.tensor(values) });
    return Float64Array.from(c?.data as Float32Array);
  }

  async kernelForms(vectors: Matrix, weights: Matrix, kernel: KernelFunction): Promise<KernelForms> {
    const n = vectors.rows;
    const p = weights.rows;
    const forms = new Float64Array(p);
    const witness = new Float32Array(n);
    const { left, right, sign, onDiagonal } = kernelOperands(vectors, kernel);
    const fixed = { y: this.tensor(right), s: this.tensor(weights) };
    for (const { from, rows } of this.blocks(n, n)) {
      const { c, diagonal } = await this.run(kernel.kind, {
        ...fixed,
        x: this.tensor(rowsOf(left, from, rows)),
        self: new this.runtime.Tensor(
          'int32',
          Int32Array.from({ length: rows }, (_, i) => from + i),
          [rows, 1],
        ),
      });
      const products = c?.data as Float32Array;
      const computed = diagonal?.data as Float32Array;
      for (let i = 0; i < rows; i++) {
        // The kernel of a vector with itself is known; what rounding made of it would count fully in small samples.
        const correction = onDiagonal - sign * (computed[i] as number);
        for (let row = 0; row < p; row++) {
          const weight = weights.data[row * n + from + i] as number;
          const product = sign * (products[i * p + row] as number) + correction * weight;
          forms[row] = (forms[row] as number) + weight * product;
          if (row === 0) {
            witness[from + i] = product;
          }
        }
      }
    }
    return { forms, witness };
  }

  /** Gives the memory of the sessions back. */
  async release(): Promise<void> {
    const sessions = [...this.sessions.values()];
    this.sessions.clear();
    for (const session of sessions) {
      await (await session).release();
    }
  }

  /** A result that is computed from some rows of `matrix` at a time, each part written to where it belongs. */
  private async byRows(
    matrix: Matrix,
    columns: number,
    model: KernelModelName,
    feeds: (rows: Tensor) => Feeds,
  ): Promise<Matrix> {
    const data = new Float32Array(matrix.rows * columns);
    for (const { from, rows } of this.blocks(matrix.rows, columns)) {
      const target = data.subarray(from * columns, (from + rows) * columns);
      const { c } = await this.run(model, feeds(this.tensor(rowsOf(matrix, from, rows))));
      target.set(c?.data as Float32Array);
    }
    return { rows: matrix.rows, columns, data };
  }

  private *blocks(total: number, columns: number): Generator<{ from: number; rows: number }> {
    const most = Math.max(1, Math.floor(BLOCK_BYTES[this.provider] / FLOAT_BYTES / Math.max(1, columns)));
    for (let from = 0; from < total; from += most) {
      yield { from, rows: Math.min(most, total - from) };
    }
  }

  private async run(name: KernelModelName, feeds: Feeds): Promise<InferenceSession.OnnxValueMapType> {
    let session = this.sessions.get(name);
    if (session === undefined) {
      const options = sessionOptions({ provider: this.provider, threads: this.threads, profilePrefix: null });
      session = this.runtime.InferenceSession.create(kernelModel(name), options);
      this.sessions.set(name, session);
    }
    return (await session).run(feeds);
  }

  private tensor({ rows, columns, data }: Matrix): Tensor {
    return this.floats(data, [rows, columns]);
  }

  private floats(data: Float32Array, dims: readonly number[]): Tensor {
    return new this.runtime.Tensor('float32', data, dims);
  }
}

function rowsOf({ columns, data }: Matrix, from: number, rows: number): Matrix {
  return { rows, columns, data: data.subarray(from * columns, (from + rows) * columns) };
}
