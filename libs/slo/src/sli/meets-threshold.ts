import type { ThresholdOperator } from './sli-types.js';

/** Whether a value is good: on the right side of its threshold. */
export function meetsThreshold(value: number, op: ThresholdOperator, threshold: number): boolean {
  switch (op) {
    case 'lte':
      return value <= threshold;
    case 'lt':
      return value < threshold;
    case 'gte':
      return value >= threshold;
    case 'gt':
      return value > threshold;
  }
}
