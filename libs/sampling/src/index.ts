export { MATCH_LABELS, SAMPLED_SIGNALS, samplingSchema } from './sampling-rule.js';
export type { AlwaysKeep, SampledSignal, SamplingRule } from './sampling-rule.js';
export { logWeight, predictionWeight, samplePredictions, spanWeight } from './sampling-weight.js';
export type { SampledLog, SampledPrediction, SampledSpan, SamplingWeight } from './sampling-weight.js';
