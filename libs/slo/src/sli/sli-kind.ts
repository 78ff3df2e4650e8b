import type { Objective } from '../objective.js';
import type { Indicator } from './indicator.js';
import type { Sli, ThresholdOperator, WrittenIndicator } from './sli-types.js';

/** Something wrong with an indicator, or with an objective for the kind of SLI it is used with. */
export type SliFault =
  | { readonly at: 'objective'; readonly key: keyof Objective; readonly message: string }
  | { readonly at: 'indicator'; readonly path: readonly PropertyKey[]; readonly message: string };

/** What an objective says that an SLI is made from. */
export type Comparing = Pick<Objective, 'op' | 'value'>;

/** One way to define good and total events, or a value to compare. */
export interface SliKind<Each extends Sli = Sli> {
  readonly kind: Each['kind'];
  /** Whether an indicator of this form, with this kind of source, is one of these. */
  fits(indicator: Indicator): boolean;
  /** Joins an indicator that fits with the objective that uses it. */
  resolve(indicator: Indicator, objective: Comparing): Each | readonly SliFault[];
  /** The reverse: what {@link SliKind.resolve} makes the same SLI from. */
  write(sli: Each): WrittenIndicator;
}

/** Makes an {@link SliKind} whose `resolve` knows what fits it. */
export function defineSliKind<Each extends Sli, Fitting extends Indicator>(kind: {
  readonly kind: Each['kind'];
  fits(indicator: Indicator): indicator is Fitting;
  resolve(indicator: Fitting, objective: Comparing): Each | readonly SliFault[];
  write(sli: Each): WrittenIndicator;
}): SliKind<Each> {
  return { ...kind, resolve: (indicator, objective) => kind.resolve(indicator as Fitting, objective) };
}

/** A `metricSource` that Tidewatch reads, as OpenSLO writes it. */
export function writeSource(spec: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return { metricSource: { type: 'tidewatch', spec } };
}

/** {@link SliFault} about the objective. */
export function objectiveFault(key: keyof Objective, message: string): SliFault {
  return { at: 'objective', key, message };
}

/** `op` and `value` of a threshold, or what is wrong with them. */
export function readThreshold(
  { op, value }: Comparing,
  compared: string,
): { readonly op: ThresholdOperator; readonly threshold: number } | readonly SliFault[] {
  if (op !== undefined && value !== undefined) {
    return { op, threshold: value };
  }
  return [
    ...(op === undefined
      ? [
          objectiveFault(
            'op',
            `is missing; it must be lte, lt, gte or gt: how ${compared} compares with value when all is well`,
          ),
        ]
      : []),
    ...(value === undefined
      ? [objectiveFault('value', `is missing; it must be the number that ${compared} is compared with`)]
      : []),
  ];
}

/** A fault when a source says what is not its to say. */
export function misplaced(side: string, key: string, value: unknown, message: string): SliFault[] {
  return value === undefined ? [] : [{ at: 'indicator', path: [side, 'metricSource', 'spec', key], message }];
}
