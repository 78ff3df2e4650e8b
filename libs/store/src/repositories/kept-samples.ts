/** Samples kept of a bucket. A window of an hour has up to 1,200 of them: D is known to 0.04 (DKW, 95 %). */
export const KEPT_PER_BUCKET = 100;
