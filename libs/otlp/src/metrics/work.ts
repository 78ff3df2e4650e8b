/**
 * What is left of the current step of a decoder, in units of about a fifth of a microsecond. Decoding pauses when it
 * is used up, so that one large body does not hold up everything else on the event loop.
 */
export interface Work {
  left: number;
}

/** A step takes six to ten milliseconds. */
export const STEP = 32_768;

/** Units that rare, costly things take; a point whose series is known takes one. */
export const COST = { lookup: 1, newSeries: 40, block: 4, newBlock: 64, exemplar: 4 } as const;
