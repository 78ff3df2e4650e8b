/** A vector on the first two principal axes of the baseline. */
export type ProjectedPoint = readonly [number, number];

/** The centre of a cluster on the same axes, and its shares of the window's and of the baseline's vectors. */
export interface ProjectedCluster {
  cluster: number;
  x: number;
  y: number;
  share: number;
  referenceShare: number;
}

/** The vectors of a window beside those of its baseline, in two dimensions. Of each side at most 400 are drawn. */
export interface ProjectionView {
  embedding: string;
  window: { from: number; to: number };
  baseline: string;
  /** Vectors of the window and of the baseline that it was made of. */
  n: number;
  m: number;
  reference: ProjectedPoint[];
  current: ProjectedPoint[];
  clusters: ProjectedCluster[];
  /** Share of the baseline's variance along each axis. */
  shares: readonly [number, number];
}
