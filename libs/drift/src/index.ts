export type { VariableChoice } from './rule/choice-field.js';
export { baselineField, describeBaseline } from './rule/baseline-field.js';
export type { BaselineKind, MonitorBaseline } from './rule/baseline-field.js';
export { diffBaselines } from './explain/diff-baselines.js';
export type { BaselineChange, BaselineDiff } from './explain/diff-baselines.js';
export { eventOf } from './explain/drift-event.js';
export type { DriftEvent, MeasuredEvent } from './explain/drift-event.js';
export { explainSegments } from './explain/explain-segments.js';
export type { ScannedSegment, SegmentExplanation, SegmentPart } from './explain/explain-segments.js';
export { addCounted, cellOf, countValues, emptyCounted, rowsOf, splitCell } from './grid/count-values.js';
export type { SampleValue } from './grid/count-values.js';
export { gridFromCategories, gridFromQuantiles } from './grid/make-grid.js';
export type { DriftRunInput, VariableProblem } from './judge/drift-run.js';
export { driftSubject } from './judge/drift-verdict.js';
export type { DriftVerdict } from './judge/drift-verdict.js';
export type { HistogramComparison } from './histograms/histogram-comparison.js';
export { inflationOf, judgeRun } from './judge/judge-run.js';
export { DRIFT_WORDS, summariseMonitor, titleOf } from './judge/summarise-monitor.js';
export type { MonitorSummary, SummarisedVerdict, SummaryWords } from './judge/summarise-monitor.js';
export type { ComparedCounts, DriftLocation, DriftMeasurement, DriftMetric } from './metrics/drift-metric.js';
export { driftMetrics } from './metrics/index.js';
export type { DriftMetricName } from './metrics/index.js';
export { DEFAULT_EFFECTS, driftMonitorSchema } from './monitor/drift-monitor.js';
export type { ComparingMonitor, DriftMonitor, WatchedMetric } from './monitor/drift-monitor.js';
export { BINS, CELL, cellCount, FIRST_CELL, MAX_CATEGORIES, SPECIAL_CELLS } from './grid/grid.js';
export type { CategoricalGrid, Grid, NumericGrid } from './grid/grid.js';
export { NO_MOMENTS } from './grid/counted.js';
export type { Counted, LagPairs, MomentSums, VariableComparison } from './grid/counted.js';
export type { RaisingAspect } from './rule/page-fields.js';
export type { FalseAlarmBudget, Population, RuleAbout, TagFilter } from './rule/rule-fields.js';
export { OUTPUTS, TRUTHS, variableId, variableOf } from './variables/variable.js';
export type { Variable, VariableSource, VariableType } from './variables/variable.js';
export { decideRun, runAlpha } from './verdict/decide.js';
export type { Decision, DecisionRule, PreviousDecision, TestOutcome } from './verdict/decide.js';
export type { Conditions, MonitorState, Verdict } from './verdict/verdict.js';
export { momentSeries } from './plot/moment-series.js';
export type { MomentPoint } from './plot/moment-series.js';
export { plotBins } from './plot/plot-bins.js';
export { plotHistogram } from './plot/plot-histogram.js';
export type { PlotBin } from './plot/plot-bins.js';
export { checkEvent } from './quality/check-event.js';
export { judgeQuality } from './quality/judge-quality.js';
export { qualityMonitorSchema } from './quality/quality-monitor.js';
export type {
  QualityCheckName,
  QualityChecks,
  QualityMonitor,
  ValueLimits,
} from './quality/quality-monitor.js';
export type {
  BatchJob,
  DeployedArtifacts,
  OutsideLimits,
  QualityInput,
  SourceTraffic,
  TrafficWindow,
} from './quality/quality-input.js';
export type { QualityVerdict } from './quality/quality-verdict.js';
export { QUALITY_WORDS } from './quality/quality-words.js';
export { alarmMeaning, monitorMeaning } from './alarm-meaning.js';
export type { AlarmMeaning, MeaningfulRule, MeaningfulVerdict, MonitorAspect } from './alarm-meaning.js';
export { SUMMARY_WORDS } from './monitor.js';
export type { Monitor, MonitorOf, MonitorVerdict } from './monitor.js';
export { backTest } from './performance/back-test.js';
export type { BackTest, BackTestedWindow } from './performance/back-test.js';
export { estimateAccuracy } from './performance/estimate-accuracy.js';
export type { EstimatedAccuracy, NoEstimate } from './performance/estimate-accuracy.js';
export { judgePerformance } from './performance/judge-performance.js';
export { leadingSignals } from './performance/lead-lag.js';
export type { DriftSeries, LeadingSignal, TimedValue } from './performance/lead-lag.js';
export { groupPerformance, measureMetric, PERFORMANCE_GROUPS } from './performance/measure-metric.js';
export type { GroupedPerformance, MeasuredMetric } from './performance/measure-metric.js';
export { performanceMetrics } from './performance/metrics/index.js';
export type { PerformanceMetric, PerformanceMetricName } from './performance/metrics/performance-metric.js';
export type { PairedOutcomes } from './performance/paired.js';
export type { PerformanceInput, SegmentPerformance } from './performance/performance-input.js';
export { performanceMonitorSchema } from './performance/performance-monitor.js';
export type { PairedVariants, PerformanceMonitor } from './performance/performance-monitor.js';
export {
  addPerformance,
  classesOf,
  classPair,
  NO_PERFORMANCE,
  SCORE_BINS,
  scoreBin,
  sumPerformance,
} from './performance/performance-sums.js';
export type { PerformanceSums, ScoreBin } from './performance/performance-sums.js';
export type { PerformanceVerdict } from './performance/performance-verdict.js';
export { PERFORMANCE_WORDS } from './performance/performance-words.js';
export { DEFAULT_MARGINS } from './canary/canary-input.js';
export type { ArmCounts, CanaryInput, CanaryMargins, Stratum } from './canary/canary-input.js';
export type { CanaryConclusion, CanaryMetric, CanaryVerdict } from './canary/canary-verdict.js';
export { judgeCanary } from './canary/judge-canary.js';
export { planCanary } from './canary/plan-canary.js';
export type { CanaryOccasion, PlannedCanary } from './canary/plan-canary.js';
export { valueBin } from './canary/value-bins.js';
export { embeddingMonitorSchema } from './embedding/embedding-monitor.js';
export type { EmbeddingMonitor, EmbeddingTestSettings } from './embedding/embedding-monitor.js';
export { makeSpace } from './embedding/embedding-space.js';
export type { EmbeddingSpace, SpaceOptions } from './embedding/embedding-space.js';
export type { EmbeddingSide } from './embedding/embedding-comparison.js';
export { isLearned } from './embedding/learning-half.js';
export type { VectorSample } from './embedding/vector-sample.js';
export { EMBEDDING_WORDS } from './embedding/embedding-verdict.js';
export type { EmbeddingVerdict } from './embedding/embedding-verdict.js';
export type { FeatureEffect, FeatureValues } from './embedding/feature-effects.js';
export { judgeEmbedding } from './embedding/judge-embedding.js';
export type { EmbeddingInput } from './embedding/judge-embedding.js';
export { measureEmbedding } from './embedding/measure-embedding.js';
export type {
  EmbeddingMeasurements,
  EmbeddingOutcome,
  MeasureOptions,
} from './embedding/measure-embedding.js';
export { spaceDocument, spaceFromDocument } from './embedding/space-document.js';
export type { SpaceDocument } from './embedding/space-document.js';
export { embeddingTests } from './embedding/tests/index.js';
export type { EmbeddingTestName } from './embedding/tests/index.js';
export type { EmbeddingEffect, MovedCluster } from './embedding/tests/embedding-test.js';
export { addSums, emptySums, inflationOfStretches, sumVectors } from './embedding/vector-sums.js';
export type { VectorSums } from './embedding/vector-sums.js';
export { projectVectors } from './embedding/project-vectors.js';
export type { Projection } from './embedding/project-vectors.js';
