import {
  evaluateCondition,
  measuresOf,
  valueOfGroup,
  type MetricCondition,
  type SloDefinition,
} from '@tidewatch/slo';
import { projectOfRule } from '../rule-project.js';
import type { Measured, MeasureReader } from './measure-reader.js';

/** What the `and` conditions of an SLO's tiers say for one group, by tier; `null` where that cannot be told. */
export type TierConditions = (slo: SloDefinition, group: string) => ReadonlyMap<string, boolean | null>;

/**
 * Reads what the `and` conditions of all tiers need, for windows that end at `windowEnd`. SLOs without such conditions cost nothing;
 * a metric that cannot be read leaves its conditions unknown.
 */
export async function readConditions(
  reader: MeasureReader,
  slos: readonly SloDefinition[],
  windowEnd: number,
): Promise<TierConditions> {
  const measured = new Map<string, Measured>();
  const placeOf = (slo: SloDefinition): string => JSON.stringify([projectOfRule(slo), labelsOf(slo)]);
  const places = new Map<string, SloDefinition[]>();
  for (const slo of slos.filter((each) => conditionsOf(each).length > 0)) {
    places.set(placeOf(slo), [...(places.get(placeOf(slo)) ?? []), slo]);
  }
  for (const [place, members] of places) {
    const [first] = members;
    if (first !== undefined) {
      const requests = measuresOf(...members.flatMap((slo) => conditionsOf(slo).map(({ and }) => and)));
      measured.set(place, await reader.read(projectOfRule(first), requests, labelsOf(first), windowEnd));
    }
  }
  return (slo, group) => {
    const groups = measured.get(placeOf(slo))?.groups ?? new Map();
    const valueOf = valueOfGroup(groups, labelsOf(slo), group);
    return new Map(conditionsOf(slo).map(({ name, and }) => [name, evaluateCondition(and, valueOf).holds]));
  };
}

function labelsOf({ groupBy }: SloDefinition): readonly string[] {
  return groupBy?.labels ?? [];
}

function conditionsOf({ tiers }: SloDefinition): { readonly name: string; readonly and: MetricCondition }[] {
  return tiers.flatMap(({ name, and }) => (and === null ? [] : [{ name, and }]));
}
