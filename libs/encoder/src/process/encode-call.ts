import type { EncodedInput } from '../inputs/raw-input.js';

/** One call of `encode`: collects what becomes of its inputs, which may be in several batches. */
export class EncodeCall {
  private readonly results: (EncodedInput | undefined)[];
  private readonly resolve: (results: readonly EncodedInput[]) => void;
  private readonly fail: (error: Error) => void;
  private missing: number;
  private over = false;
  private whenOver: () => void = () => undefined;

  constructor(
    inputs: number,
    resolve: (results: readonly EncodedInput[]) => void,
    fail: (error: Error) => void,
  ) {
    this.results = Array.from({ length: inputs });
    this.missing = inputs;
    this.resolve = resolve;
    this.fail = fail;
  }

  /** Whether nobody waits any more. */
  get isOver(): boolean {
    return this.over;
  }

  /** Called once, when it is answered or refused. */
  onOver(callback: () => void): void {
    this.whenOver = callback;
  }

  settle(index: number, result: EncodedInput): void {
    this.results[index] = result;
    this.missing--;
    if (this.missing === 0 && !this.over) {
      this.end();
      this.resolve(this.results as EncodedInput[]);
    }
  }

  reject(error: Error): void {
    if (!this.over) {
      this.end();
      this.fail(error);
    }
  }

  private end(): void {
    this.over = true;
    this.whenOver();
  }
}
