import type { EmbeddingMonitor } from './embedding/embedding-monitor.js';
import { EMBEDDING_WORDS, type EmbeddingVerdict } from './embedding/embedding-verdict.js';
import type { DriftVerdict } from './judge/drift-verdict.js';
import { DRIFT_WORDS, type SummaryWords } from './judge/summarise-monitor.js';
import type { DriftMonitor } from './monitor/drift-monitor.js';
import type { PerformanceMonitor } from './performance/performance-monitor.js';
import type { PerformanceVerdict } from './performance/performance-verdict.js';
import { PERFORMANCE_WORDS } from './performance/performance-words.js';
import type { QualityMonitor } from './quality/quality-monitor.js';
import type { QualityVerdict } from './quality/quality-verdict.js';
import { QUALITY_WORDS } from './quality/quality-words.js';

/** A rule that judges data or a model, of any kind. */
export type Monitor = DriftMonitor | QualityMonitor | PerformanceMonitor | EmbeddingMonitor;

/** The monitors of one kind. */
export type MonitorOf<Kind extends Monitor['kind']> = Extract<Monitor, { readonly kind: Kind }>;

/** What monitors say, whatever their kind. */
export type MonitorVerdict = DriftVerdict | QualityVerdict | PerformanceVerdict | EmbeddingVerdict;

/** How each kind of monitor speaks of its verdicts. */
export const SUMMARY_WORDS: Readonly<Record<Monitor['kind'], SummaryWords>> = {
  DriftMonitor: DRIFT_WORDS,
  QualityMonitor: QUALITY_WORDS,
  PerformanceMonitor: PERFORMANCE_WORDS,
  EmbeddingMonitor: EMBEDDING_WORDS,
};
