import type { ExponentialHistogramPoints, HistogramPoints, SummaryPoints } from './batch.js';
import { copyInto, cut, PointColumnsBuilder, unsignedColumn, widened } from './point-columns.js';

/** Growing columns that histograms of both kinds have. */
export class DistributionColumns extends PointColumnsBuilder {
  count = unsignedColumn(0);
  sum = new Float64Array(0);
  min = new Float64Array(0);
  max = new Float64Array(0);
  hasSum = new Uint8Array(0);
  hasMin = new Uint8Array(0);
  hasMax = new Uint8Array(0);

  protected override resize(capacity: number): void {
    super.resize(capacity);
    this.count = widened(this.count, capacity);
    this.sum = copyInto(new Float64Array(capacity), this.sum);
    this.min = copyInto(new Float64Array(capacity), this.min);
    this.max = copyInto(new Float64Array(capacity), this.max);
    this.hasSum = copyInto(new Uint8Array(capacity), this.hasSum);
    this.hasMin = copyInto(new Uint8Array(capacity), this.hasMin);
    this.hasMax = copyInto(new Uint8Array(capacity), this.hasMax);
  }

  /** The columns of this class, cut to length. */
  protected finishDistribution() {
    const { length } = this;
    return {
      ...this.finishPoints(),
      count: cut(this.count.values, length),
      sum: cut(this.sum, length),
      min: cut(this.min, length),
      max: cut(this.max, length),
      hasSum: cut(this.hasSum, length),
      hasMin: cut(this.hasMin, length),
      hasMax: cut(this.hasMax, length),
    };
  }
}

/** Growing columns of explicit-bucket histograms. */
export class HistogramColumns extends DistributionColumns {
  readonly bucketCounts: BigUint64Array[] = [];
  readonly explicitBounds: Float64Array[] = [];

  /** The columns, cut to length. */
  finish(): HistogramPoints {
    const { bucketCounts, explicitBounds } = this;
    return { ...this.finishDistribution(), bucketCounts, explicitBounds };
  }
}

/** Growing columns of exponential histograms. */
export class ExponentialHistogramColumns extends DistributionColumns {
  scale = new Int32Array(0);
  zeroCount = unsignedColumn(0);
  zeroThreshold = new Float64Array(0);
  positiveOffset = new Int32Array(0);
  negativeOffset = new Int32Array(0);
  readonly positiveBucketCounts: BigUint64Array[] = [];
  readonly negativeBucketCounts: BigUint64Array[] = [];

  /** The columns, cut to length. */
  finish(): ExponentialHistogramPoints {
    const { length, positiveBucketCounts, negativeBucketCounts } = this;
    return {
      ...this.finishDistribution(),
      scale: cut(this.scale, length),
      zeroCount: cut(this.zeroCount.values, length),
      zeroThreshold: cut(this.zeroThreshold, length),
      positiveOffset: cut(this.positiveOffset, length),
      positiveBucketCounts,
      negativeOffset: cut(this.negativeOffset, length),
      negativeBucketCounts,
    };
  }

  protected override resize(capacity: number): void {
    super.resize(capacity);
    this.scale = copyInto(new Int32Array(capacity), this.scale);
    this.zeroCount = widened(this.zeroCount, capacity);
    this.zeroThreshold = copyInto(new Float64Array(capacity), this.zeroThreshold);
    this.positiveOffset = copyInto(new Int32Array(capacity), this.positiveOffset);
    this.negativeOffset = copyInto(new Int32Array(capacity), this.negativeOffset);
  }
}

/** Growing columns of summaries. */
export class SummaryColumns extends PointColumnsBuilder {
  count = unsignedColumn(0);
  sum = new Float64Array(0);
  readonly quantiles: Float64Array[] = [];
  readonly quantileValues: Float64Array[] = [];

  /** The columns, cut to length. */
  finish(): SummaryPoints {
    const { length, quantiles, quantileValues } = this;
    return {
      ...this.finishPoints(),
      count: cut(this.count.values, length),
      sum: cut(this.sum, length),
      quantiles,
      quantileValues,
    };
  }

  protected override resize(capacity: number): void {
    super.resize(capacity);
    this.count = widened(this.count, capacity);
    this.sum = copyInto(new Float64Array(capacity), this.sum);
  }
}
