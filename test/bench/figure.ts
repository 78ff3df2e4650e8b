/** One measured figure, printed as one line of JSON. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The same quantity measured in the same run for what the figure is compared with. */
  readonly baseline: number;
  readonly baselineName: string;
  /** value / baseline */
  readonly ratio: number;
  /** What the figure is held to, such as `<= 5 ms`. */
  readonly floor: string;
  readonly met: boolean;
  /** Execution provider that it was measured on, where ONNX Runtime computes it. */
  readonly provider?: string;
}

/** A measurement and what it is held to. */
export interface Measurement {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly baseline: number;
  readonly baselineName: string;
  readonly floor: { readonly atMost: number } | { readonly atLeast: number };
  readonly provider?: string;
}

/** Makes a figure of a measurement. Numbers are rounded to four significant digits for reading. */
export function figure(measurement: Measurement): Figure {
  const { name, value, unit, baseline, baselineName, floor, provider } = measurement;
  const [sign, limit, met] =
    'atMost' in floor
      ? ['<=', floor.atMost, value <= floor.atMost]
      : ['>=', floor.atLeast, value >= floor.atLeast];
  return {
    name,
    value: rounded(value),
    unit,
    baseline: rounded(baseline),
    baselineName,
    ratio: rounded(value / baseline),
    floor: `${sign} ${limit} ${unit}`,
    met: Boolean(met),
    ...(provider === undefined ? {} : { provider }),
  };
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
