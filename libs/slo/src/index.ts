export { budgetHistory, periodEndingAt } from './budget-history.js';
export type { BudgetHistoryInput, BudgetPoint } from './budget-history.js';
export { budgetOf, budgetParts, burnOfParts, sumOfParts, timeToExhaustion } from './budget.js';
export type { Budget, BudgetPart, BudgetPeriod } from './budget.js';
export type { BudgetStep } from './budget-policy.js';
export type { Budgeting } from './budgeting.js';
export { budgetSlices, partCount, RATIO_UNIT, timeSliceMs } from './counting/budget-slices.js';
export { GroupRegistry } from './counting/group-registry.js';
export { groupLabels, groupText } from './counting/group-text.js';
export { matchesSelector, seriesTest } from './counting/series-attribution.js';
export type { SeriesTest } from './counting/series-attribution.js';
export { SlidingCounts } from './counting/sliding-counts.js';
export type { SliceCount } from './counting/slice-count.js';
export { burnRate, detectionTime, errorBudget, maximumBurn, reachesBurn, resetTime } from './burn.js';
export type { DetectionQuestion } from './burn.js';
export { OVERFLOW_GROUP } from './definition.js';
export type { GroupBy, NoDataRule, SloDefinition, SloMember } from './definition.js';
export { sloDocumentSchema } from './document.js';
export type { SloDocument } from './document.js';
export type { EventCount } from './event-count.js';
export { gateOf } from './gate.js';
export type { Gate, GateStep, GroupBudget } from './gate.js';
export { decideSlo, inWords, judgeSlo, notEvaluable } from './judge.js';
export type { JudgedSlo, SloDecision, SloEvidence, WindowEvidence } from './slo-evidence.js';
export type { LabelMatcher, MetricSelector } from './metric-selector.js';
export { resolveSlos } from './resolve.js';
export type { ResolvedSlos, ResolveOptions } from './resolve.js';
export type { SloMode, SloProblem } from './findings.js';
export { exportOpenSlo } from './export.js';
export { isRe2 } from './re2-syntax.js';
export { isValueSli } from './read-budgeting.js';
export { sqlFaults } from './sli/sql-text.js';
export { sloSentence } from './sentence.js';
export type { SentenceInput } from './sentence.js';
export { meetsThreshold } from './sli/meets-threshold.js';
export type { FieldCondition, FieldOperator } from './sli/field-condition.js';
export type {
  ForeignSli,
  GaugeSli,
  LatencySli,
  LogSli,
  PredictionSli,
  RatioSli,
  SampleMeanSli,
  Sli,
  SpanSli,
  SqlSli,
  ThresholdOperator,
  ValueSli,
  VerdictSli,
  WrittenIndicator,
} from './sli/sli-types.js';
export { DEFAULT_TIERS, defaultTiers, windowsOf } from './tiers.js';
export type { BurnTier } from './tiers.js';
export type { FrozenCause, HealthNote, SloVerdict, TierVerdict } from './verdict.js';
export { metricConditionSchema } from './condition/read-condition.js';
export type { Comparison, Measure, MetricCondition } from './condition/metric-condition.js';
export { applyCorrections } from './correction/apply-corrections.js';
export {
  correctionRanges,
  mergeRanges,
  NO_CORRECTIONS,
  subtractRanges,
} from './correction/correction-ranges.js';
export type { CorrectionRanges, EffectiveCorrection } from './correction/correction-ranges.js';
export type { Correction, CorrectionCategory, CorrectionEffect } from './correction/correction.js';
export { readCorrection } from './correction/read-correction.js';
export type { CorrectionDraft, ReadCorrection } from './correction/read-correction.js';
export { describeWindow } from './window/describe-window.js';
export { periodAt, previousPeriod } from './window/period.js';
export type { CalendarUnit, CalendarWindow, RollingWindow, SloWindow } from './window/slo-window.js';
export type {
  CatalogueLabel,
  CatalogueMetric,
  MetricCatalogue,
  PredictionStream,
  TelemetrySource,
} from './presets/metric-catalogue.js';
export type { Preset } from './presets/preset.js';
export { readPreset } from './presets/read-preset.js';
export { suggestSlos } from './presets/suggest.js';
export type { Suggestion } from './presets/suggest.js';
export { planHints } from './plan/plan-hints.js';
export { PLAN_ERROR_RATIOS, planTable } from './plan/plan-table.js';
export type { PlanCell, PlannedSlo, PlanOptions, PlanRow, PlanTable } from './plan/plan-table.js';
export { KEEP_FIRING_MS } from './replay/alert-track.js';
export { fixtureSchema } from './replay/fixture-document.js';
export type { Fixture } from './replay/fixture-document.js';
export { firingEdges, healthySlices } from './replay/false-pages.js';
export type { HealthyTraffic } from './replay/false-pages.js';
export { oracleCase, oracleOutcome } from './replay/oracle-case.js';
export type { OracleOutcome, OracleTrace } from './replay/oracle-case.js';
export { replaySlo } from './replay/replay-slo.js';
export type { Replay, ReplayAlert, ReplayOptions } from './replay/replay-slo.js';
export type { ReplayGroup, ReplayTraffic } from './replay/replay-traffic.js';
export { runFixture } from './replay/run-fixture.js';
export type {
  FixtureCheck,
  FixtureDefinitions,
  FixtureProblem,
  FixtureResult,
} from './replay/run-fixture.js';
export { describeCondition, shortNumber } from './condition/describe-condition.js';
export { evaluateCondition, measuresOf } from './condition/evaluate-condition.js';
export type { ComparisonOutcome, ConditionOutcome } from './condition/evaluate-condition.js';
export { groupsOf, valueOfGroup } from './condition/measured-groups.js';
export type { MeasuredGroups } from './condition/measured-groups.js';
export { measureSeries } from './condition/measure-series.js';
export { requestKey } from './condition/measured-value.js';
export type { LevelPoint, MeasuredValue, MeasureRequest } from './condition/measured-value.js';
export type { RawHistogram, RawNumbers, RawSeries } from './condition/raw-series.js';
export { readingKey, readingsOf, valuesOf } from './condition/readings.js';
export type { DistributionReading, Reading, ReadingResult, ReadingResults } from './condition/readings.js';
export { COST_DIMENSIONS } from './cost/cost-model.js';
export type { CostDimension, CostModel, CountSource, UsageSource } from './cost/cost-model.js';
export { costModelSchema } from './cost/cost-model-schema.js';
export { costReport, sumBy } from './cost/cost-rows.js';
export type { CostPlace, CostReport, CostRow, InferenceCount, Spending } from './cost/cost-rows.js';
export { judgeCost } from './cost/judge-cost.js';
export type { CostVerdict } from './cost/judge-cost.js';
export { PLACE_LABELS, placeOfLabels, usageHours, usageStepMs, wholeSteps } from './cost/usage.js';
export { judgeGroups, measuresOfMonitor } from './metric-monitor/judge-groups.js';
export type { MetricMonitor } from './metric-monitor/metric-monitor.js';
export { metricMonitorSchema } from './metric-monitor/metric-monitor-schema.js';
export type { MetricMonitorVerdict } from './metric-monitor/metric-monitor-verdict.js';
export { importSpecs } from './import/import-specs.js';
export type {
  ImportNote,
  ImportOptions,
  ImportResult,
  ImportSource,
  RefusedSpec,
} from './import/import-result.js';
export type { GaugeSeries } from './import/meaning/gauge-indicator.js';
