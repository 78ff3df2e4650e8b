import { sum } from '../grid/count-values.js';
import {
  CELL,
  FIRST_CELL,
  SPECIAL_CELLS,
  type CategoricalGrid,
  type Grid,
  type NumericGrid,
} from '../grid/grid.js';
import { shortNumber } from '../wording.js';

/** One bar of a distribution, with the shares of all samples of either side. */
export interface PlotBin {
  /** `12.5 to 20`, `below 0`, `DE`, `null`. */
  readonly label: string;
  readonly current: number;
  readonly reference: number;
  /** A cell for null, NaN and the like, and not for values. */
  readonly special: boolean;
}

/** Bars between the tails of a numeric variable. */
const BARS = 30;
/** Categories with a bar of their own. */
const CATEGORIES = 20;
/** Mass beyond either end that shares a bar: one far outlier would leave all other bars in one. */
const TAIL = 0.005;

/** Counts over a grid as bars of equal width, or one per category, ready to plot. The shares of each side add up to 1. */
export function plotBins(grid: Grid, reference: Float64Array, current: Float64Array): PlotBin[] {
  const [m, n] = [reference, current].map((counts) => Math.max(1, sum(counts, 0, counts.length))) as [
    number,
    number,
  ];
  const shares = (r: number, c: number): Pick<PlotBin, 'current' | 'reference'> => ({
    current: c / n,
    reference: r / m,
  });
  const special = SPECIAL_CELLS.map((label, cell) => ({
    label: label === 'null' ? 'null or absent' : label,
    ...shares(reference[cell]!, current[cell]!),
    special: true,
  })).filter((bin) => bin.current + bin.reference > 0);
  const values =
    grid.type === 'numeric'
      ? numericBins(grid, reference, current, shares)
      : categoryBins(grid, reference, current, shares);
  return [...values, ...special];
}

type Shares = (reference: number, current: number) => Pick<PlotBin, 'current' | 'reference'>;

function categoryBins(
  { categories }: CategoricalGrid,
  reference: Float64Array,
  current: Float64Array,
  shares: Shares,
): PlotBin[] {
  const bins = categories.map((label, index) => ({
    label,
    ...shares(reference[FIRST_CELL + index]!, current[FIRST_CELL + index]!),
    special: false,
  }));
  const largest = [...bins]
    .sort((a, b) => b.current + b.reference - (a.current + a.reference))
    .slice(0, CATEGORIES);
  const shown = bins.filter((bin) => largest.includes(bin));
  const rest = bins.filter((bin) => !largest.includes(bin));
  if (rest.length === 0) {
    return shown;
  }
  const total = (side: 'current' | 'reference'): number => rest.reduce((all, bin) => all + bin[side], 0);
  return [
    ...shown,
    {
      label: `${rest.length} more`,
      current: total('current'),
      reference: total('reference'),
      special: false,
    },
  ];
}

function numericBins(
  { edges }: NumericGrid,
  reference: Float64Array,
  current: Float64Array,
  shares: Shares,
): PlotBin[] {
  const pooled = (cell: number): number =>
    reference[cell]! / norm(reference) + current[cell]! / norm(current);
  const [low, high] = [quantileEdge(edges, pooled, TAIL), quantileEdge(edges, pooled, 1 - TAIL)];
  if (edges.length === 0) {
    return [];
  }
  const width = high / BARS - low / BARS;
  // Where neighbouring doubles are wider apart than the bars would be, there is one value and no scale.
  const bars = low + width > low ? BARS : 0;
  const [r, c] = [
    spread(edges, reference, { low, width, bars }),
    spread(edges, current, { low, width, bars }),
  ];
  const at = (index: number): string => shortNumber(low + index * width);
  return Array.from(r)
    .map((count, index) => ({
      label:
        index === 0
          ? `below ${at(0)}`
          : index === bars + 1
            ? `${at(bars)} and above`
            : `${at(index - 1)} to ${at(index)}`,
      ...shares(count, c[index]!),
      special: false,
    }))
    .filter((bin, index) => (index > 0 && index <= bars) || bin.current + bin.reference > 0);
}

/** Mass of the cells in each bar, between the tails at both ends; a cell's mass lies evenly between its edges. */
function spread(
  edges: Float64Array,
  counts: Float64Array,
  { low, width, bars }: { readonly low: number; readonly width: number; readonly bars: number },
): Float64Array {
  const mass = new Float64Array(bars + 2);
  const position = (value: number): number =>
    bars === 0 ? (value < low ? 0 : 1) : Math.min(bars + 1, Math.max(0, value / width - low / width + 1));
  for (let cell = 0; cell <= edges.length; cell += 1) {
    const count = counts[FIRST_CELL + cell]!;
    const from = position(cell === 0 ? -Infinity : edges[cell - 1]!);
    const to = position(cell === edges.length ? Infinity : edges[cell]!);
    if (cell === 0 || cell === edges.length || to <= from) {
      mass[cell === 0 ? 0 : Math.min(bars + 1, Math.floor(from))]! += count;
      continue;
    }
    for (let bar = Math.floor(from); bar < to; bar += 1) {
      const overlap = Math.min(to, bar + 1) - Math.max(from, bar);
      mass[Math.min(bars + 1, bar)]! += (count * overlap) / (to - from);
    }
  }
  return mass;
}

/** The edge below which a share of the values of both sides lies. */
function quantileEdge(edges: Float64Array, pooled: (cell: number) => number, share: number): number {
  let total = 0;
  for (let cell = 0; cell <= edges.length; cell += 1) {
    total += pooled(FIRST_CELL + cell);
  }
  let below = 0;
  for (let cell = 0; cell < edges.length; cell += 1) {
    below += pooled(FIRST_CELL + cell);
    if (below > share * total) {
      return share < 0.5 ? edges[Math.max(0, cell - 1)]! : edges[cell]!;
    }
  }
  return edges.at(-1) ?? 0;
}

function norm(counts: Float64Array): number {
  return Math.max(1, sum(counts, CELL.unseen, counts.length));
}
