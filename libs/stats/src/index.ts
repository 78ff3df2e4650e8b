export { dkwHalfWidth } from './dkw-half-width.js';
export { kolmogorovSurvival } from './kolmogorov-survival.js';
export { ksPExact } from './ks-p-exact.js';
export { ksStatistic } from './ks-statistic.js';
export type { KsStatistic } from './ks-statistic.js';
export { ksTwoSample } from './ks-two-sample.js';
export type { KsMethod, KsTwoSampleOptions, KsTwoSampleResult } from './ks-two-sample.js';
export { benjaminiHochberg } from './benjamini-hochberg.js';
