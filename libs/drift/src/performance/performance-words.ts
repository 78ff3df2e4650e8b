import type { SummaryWords } from '../judge/summarise-monitor.js';

/** How a performance monitor speaks of its metrics: "2 of 7 metrics are worse". */
export const PERFORMANCE_WORDS: SummaryWords = {
  alarm: 'metrics are worse',
  watch: 'metrics moved, and that may be too little or too short to matter',
  ok: { one: 'metrics is as it should be', several: 'metrics are as they should be' },
};
