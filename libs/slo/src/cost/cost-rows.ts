import { COST_DIMENSIONS, type CostDimension } from './cost-model.js';

/** Where costs or inferences arose; `''` for what the series do not tell. */
export type CostPlace = Readonly<Record<CostDimension, string>>;

/** Money spent at a place. */
export interface Spending extends CostPlace {
  readonly cost: number;
}

/** Inferences made at a place. */
export interface InferenceCount extends CostPlace {
  readonly inferences: number;
}

/** Costs of one place, or of several put together. */
export interface CostRow extends CostPlace {
  readonly cost: number;
  readonly inferences: number;
  /** Cost of 1,000 inferences; `null` without inferences. */
  readonly perThousand: number | null;
}

/** What inferences cost in a window. */
export interface CostReport {
  readonly total: { readonly cost: number; readonly inferences: number; readonly perThousand: number | null };
  /** The most expensive first. */
  readonly rows: readonly CostRow[];
}

/**
 * Joins spending with inferences.
 *
 * Machines often do not tell which model or provider they work for. Spending that lacks a label is divided among the inferences that
 * agree in the labels it has, in proportion to their number; without such inferences it stays a row of its own. The total is
 * what was spent, whatever the division.
 */
export function costReport(spending: readonly Spending[], inferences: readonly InferenceCount[]): CostReport {
  const counts = merge(inferences, (each) => each.inferences);
  const cost = new Map<string, number>();
  const alone: { place: CostPlace; value: number }[] = [];
  for (const { place, value } of merge(spending, (each) => each.cost)) {
    const sharing = counts.filter(
      (each) =>
        each.value > 0 && COST_DIMENSIONS.every((key) => place[key] === '' || place[key] === each.place[key]),
    );
    const all = sharing.reduce((sum, each) => sum + each.value, 0);
    if (all === 0) {
      alone.push({ place, value });
    }
    for (const each of sharing) {
      const key = keyOf(each.place);
      cost.set(key, (cost.get(key) ?? 0) + (value * each.value) / all);
    }
  }
  const rows = [
    ...counts.map(({ place, value }) => row(place, cost.get(keyOf(place)) ?? 0, value)),
    ...alone.map(({ place, value }) => row(place, value, 0)),
  ];
  return { total: totalOf(spending, inferences), rows: sorted(sumBy(rows, COST_DIMENSIONS)) };
}

/** Rows put together by some of the dimensions; the others become `''`. The most expensive first. */
export function sumBy(rows: readonly CostRow[], dimensions: readonly CostDimension[]): CostRow[] {
  const sums = new Map<string, CostRow>();
  for (const each of rows) {
    const place = Object.fromEntries(
      COST_DIMENSIONS.map((key) => [key, dimensions.includes(key) ? each[key] : '']),
    ) as Record<CostDimension, string>;
    const known = sums.get(keyOf(place));
    sums.set(
      keyOf(place),
      row(place, (known?.cost ?? 0) + each.cost, (known?.inferences ?? 0) + each.inferences),
    );
  }
  return sorted([...sums.values()]);
}

function totalOf(spending: readonly Spending[], inferences: readonly InferenceCount[]): CostReport['total'] {
  const cost = spending.reduce((sum, each) => sum + each.cost, 0);
  const count = inferences.reduce((sum, each) => sum + each.inferences, 0);
  return { cost, inferences: count, perThousand: count > 0 ? (cost * 1_000) / count : null };
}

function row(place: CostPlace, cost: number, inferences: number): CostRow {
  return {
    ...placeOf(place),
    cost,
    inferences,
    perThousand: inferences > 0 ? (cost * 1_000) / inferences : null,
  };
}

function placeOf({ model, version, region, provider }: CostPlace): CostPlace {
  return { model, version, region, provider };
}

function keyOf(place: CostPlace): string {
  return JSON.stringify(COST_DIMENSIONS.map((key) => place[key]));
}

function merge<Row extends CostPlace>(
  rows: readonly Row[],
  valueOf: (row: Row) => number,
): { place: CostPlace; value: number }[] {
  const sums = new Map<string, { place: CostPlace; value: number }>();
  for (const each of rows) {
    const place = placeOf(each);
    const known = sums.get(keyOf(place));
    sums.set(keyOf(place), { place, value: (known?.value ?? 0) + valueOf(each) });
  }
  return [...sums.values()];
}

function sorted(rows: readonly CostRow[]): CostRow[] {
  return rows.toSorted((a, b) => b.cost - a.cost || (keyOf(a) < keyOf(b) ? -1 : 1));
}
