/** Longest first step, in characters: a page is read on a telephone, half asleep. */
export const LONGEST_FIRST_STEP = 300;

/** What the first step of a rule has to be, for messages. */
export const FIRST_STEP_FORM = `one sentence of at most ${LONGEST_FIRST_STEP} characters; the rest belongs into the runbook`;
