import type { SummaryWords } from '../judge/summarise-monitor.js';

/** How a quality monitor speaks of its checks: "2 of 7 checks fail". */
export const QUALITY_WORDS: SummaryWords = {
  alarm: 'checks fail',
  watch: 'checks are off, and that may be too little or too short to matter',
  ok: { one: 'checks passes', several: 'checks pass' },
};
