/** With less than this share of a window counted, its burn rate is that of another window. */
export const MINIMUM_COVERAGE = 0.9;
