import type { DistributionColumns } from './distribution-columns.js';
import { copyWords, ScannedPointDecoder } from './protobuf-point.js';

/** What the points of histograms of both kinds have: a count, and a sum, a minimum and a maximum that may be absent. */
export abstract class DistributionPointDecoder extends ScannedPointDecoder {
  protected count = 0;
  protected sum = 0;
  protected min = 0;
  protected max = 0;

  protected abstract override columns(): DistributionColumns;

  protected clear(): void {
    this.count = this.sum = this.min = this.max = 0;
  }

  protected storeContent(row: number): void {
    const { view } = this.parts.reader;
    const columns = this.columns();
    if (this.count !== 0) {
      copyWords(view, this.count, columns.count.words, row);
    }
    if (this.sum !== 0) {
      columns.sum[row] = view.getFloat64(this.sum, true);
      columns.hasSum[row] = 1;
    }
    if (this.min !== 0) {
      columns.min[row] = view.getFloat64(this.min, true);
      columns.hasMin[row] = 1;
    }
    if (this.max !== 0) {
      columns.max[row] = view.getFloat64(this.max, true);
      columns.hasMax[row] = 1;
    }
  }
}
