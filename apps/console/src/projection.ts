import type { ProjectedCluster, ProjectedPoint, ProjectionView } from './projection-view.js';
import { formatCount, formatShare } from './format.js';

/** Where a vector is drawn, in pixels. What lies beyond the edge is drawn on it. */
export interface PlacedPoint {
  x: number;
  y: number;
  outside: boolean;
}

/** Room for dots and labels between the data and the edge, in pixels. */
const MARGIN = 16;

/**
 * Makes the function that places points in a drawing of `width` times `height` pixels. Both axes have one scale, so that
 * distances are comparable in every direction. A few far vectors must not press all others into a dot: the drawing ends
 * where the middle 98 % of an axis, widened by a fifth on each side, ends; a normal cloud lies wholly inside.
 */
export function placing(
  view: Pick<ProjectionView, 'reference' | 'current' | 'clusters'>,
  width: number,
  height: number,
): (point: ProjectedPoint) => PlacedPoint {
  const points = [...view.reference, ...view.current];
  const [left, right] = extentOf(
    points.map(([x]) => x),
    view.clusters.map(({ x }) => x),
  );
  const [low, high] = extentOf(
    points.map(([, y]) => y),
    view.clusters.map(({ y }) => y),
  );
  const inner = { width: Math.max(1, width - 2 * MARGIN), height: Math.max(1, height - 2 * MARGIN) };
  const scale = Math.min(inner.width / (right - left), inner.height / (high - low));
  const clamp = (value: number, size: number): number => Math.min(size - 4, Math.max(4, value));
  return ([x, y]) => {
    const free = {
      x: width / 2 + (x - (left + right) / 2) * scale,
      y: height / 2 - (y - (low + high) / 2) * scale,
    };
    const placed = { x: clamp(free.x, width), y: clamp(free.y, height) };
    return { ...placed, outside: placed.x !== free.x || placed.y !== free.y };
  };
}

/** Both ends of an axis; never of length zero. The centres of clusters always lie inside. */
function extentOf(values: readonly number[], centres: readonly number[]): [number, number] {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
  const widening = (at(0.99) - at(0.01)) * 0.2;
  const low = Math.min(Math.max(at(0), at(0.01) - widening), ...centres);
  const high = Math.max(Math.min(at(1), at(0.99) + widening), ...centres);
  return high > low ? [low, high] : [low - 0.5, high + 0.5];
}

/** Clusters by how much their share changed, the most changed first. */
export function byChange(clusters: readonly ProjectedCluster[]): ProjectedCluster[] {
  const change = ({ share, referenceShare }: ProjectedCluster): number => Math.abs(share - referenceShare);
  return [...clusters].sort((a, b) => change(b) - change(a) || a.cluster - b.cluster);
}

/** What the drawing shows, for those who cannot see it. */
export function describeProjection(view: ProjectionView): string {
  const [first, second] = view.shares.map(formatShare);
  const [most] = byChange(view.clusters);
  const change =
    most === undefined
      ? ''
      : ` Of the clusters, ${most.cluster} changed most: from ${formatShare(most.referenceShare)} of the baseline to ${formatShare(most.share)} of the window.`;
  return `${formatCount(view.current.length)} vectors of the window over ${formatCount(view.reference.length)} of the baseline, on two axes that hold ${first} and ${second} of the baseline's variance.${change}`;
}
