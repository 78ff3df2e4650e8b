import type { TabularModel } from './traffic/tabular-model.js';

/** Samples whose input is a row of features. */
export interface TabularSamples {
  readonly kind: 'tabular';
  readonly model: TabularModel;
  /** Mean rate in live traffic. */
  readonly perSecond: number;
  /** Name and size of the reference dataset that is uploaded for the drift monitor. */
  readonly baseline: { readonly name: string; readonly rows: number };
  /** Share of samples for which the truth comes in later. */
  readonly labelShare: number;
}

/** Samples whose input is the image of a camera. */
export interface ImageSamples {
  readonly kind: 'image';
  /** Mean rate in live traffic. */
  readonly perSecond: number;
  /** How much of the history has images, and at what mean rate: they are what the live ones are compared with. */
  readonly history: { readonly ms: number; readonly perSecond: number };
}

/** Which requests of a service are sent as prediction samples. */
export type SampleProfile = TabularSamples | ImageSamples;

/**
 * How much of the history has rows of features at the live rate; what is older has a fifth of it.
 *
 * Three windows of the demo's drift monitors. More would only make the start of the demo slower.
 */
const DENSE_ROWS_MS = 15 * 60_000;
const SPARSE_SHARE = 0.2;

/** Mean rate of samples in the history, `age` milliseconds before the present. */
export function historyRate(samples: SampleProfile, age: number): number {
  switch (samples.kind) {
    case 'tabular':
      return age > DENSE_ROWS_MS ? samples.perSecond * SPARSE_SHARE : samples.perSecond;
    case 'image':
      return age > samples.history.ms ? 0 : samples.history.perSecond;
  }
}
