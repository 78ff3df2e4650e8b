/** A metric and its values as of one moment, in the shape that prom-client prints. */
export interface MetricFamily {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly values: readonly MetricValue[];
}

/** One line. `metricName` differs from the family's name in the lines of a histogram. */
export interface MetricValue {
  readonly value: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly metricName?: string;
}

/** A family with one value and no labels. */
export function single(type: 'counter' | 'gauge', name: string, help: string, value: number): MetricFamily {
  return { type, name, help, values: [{ value, labels: {} }] };
}
