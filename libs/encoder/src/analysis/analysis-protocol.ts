import type { Matrix } from '@tidewatch/stats';

/** What the analysis process is started with. */
export interface AnalysisParameters {
  /** Threads within an operator; `null` for one per core. */
  readonly threads: number | null;
}

/** Sizes of a matrix; its numbers are a part of the frame. */
export interface MatrixSizes {
  readonly rows: number;
  readonly columns: number;
}

/** A task for the analysis process; the numbers of each matrix are a part of the frame. */
export interface AnalysisRequest {
  readonly task: string;
  readonly parameters: unknown;
  readonly matrices: readonly MatrixSizes[];
}

/** Its answer; the numbers of each matrix are a part of the frame. */
export interface AnalysisResult {
  readonly result: unknown;
  readonly matrices: readonly MatrixSizes[];
}

/** The sizes of matrices, for the header of a frame. */
export function sizesOf(matrices: readonly Matrix[]): MatrixSizes[] {
  return matrices.map(({ rows, columns }) => ({ rows, columns }));
}

/** The numbers of matrices as bytes, for the parts of a frame. Not copied. */
export function partsOf(matrices: readonly Matrix[]): Uint8Array[] {
  return matrices.map(({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

/** The matrices of a frame. Their numbers are views of its parts. */
export function matricesOf(sizes: readonly MatrixSizes[], parts: readonly Uint8Array[]): Matrix[] {
  return sizes.map(({ rows, columns }, index) => {
    const { buffer, byteOffset } = parts[index] ?? new Uint8Array(0);
    return { rows, columns, data: new Float32Array(buffer, byteOffset, rows * columns) };
  });
}
