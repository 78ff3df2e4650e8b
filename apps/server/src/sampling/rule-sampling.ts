import { sampleLogs, sampleSpans, type LogBatch, type SpanBatch } from '@tidewatch/otlp';
import type { Prediction } from '@tidewatch/samples';
import {
  logWeight,
  predictionWeight,
  samplePredictions,
  spanWeight,
  type SampledLog,
  type SampledPrediction,
  type SampledSpan,
  type SamplingRule,
  type SamplingWeight,
} from '@tidewatch/sampling';
import { projectOfRule } from '../evaluate/rule-project.js';
import type { Sampling } from '../ingest/sampling.js';

/** The decisions of one project's rules; `null` for a signal that no rule is about. */
interface Weights {
  readonly spans: SamplingWeight<SampledSpan> | null;
  readonly logs: SamplingWeight<SampledLog> | null;
  readonly predictions: SamplingWeight<SampledPrediction> | null;
}

/** Samples by the rules in force. */
export class RuleSampling implements Sampling {
  private readonly rules: () => readonly SamplingRule[];
  private made: { readonly of: readonly SamplingRule[]; readonly byProject: Map<string, Weights> } | null =
    null;

  /** @param rules the rules in force; another array is taken for other rules */
  constructor(rules: () => readonly SamplingRule[]) {
    this.rules = rules;
  }

  spans(project: string, batch: SpanBatch): SpanBatch {
    const weightOf = this.weightsOf(project)?.spans ?? null;
    return weightOf === null ? batch : sampleSpans(batch, weightOf);
  }

  logs(project: string, batch: LogBatch): LogBatch {
    const weightOf = this.weightsOf(project)?.logs ?? null;
    if (weightOf === null) {
      return batch;
    }
    // Nanoseconds tell records outside of a trace apart; the same record sent again has the same.
    const { buffer, byteOffset } = batch.timeUnixNano;
    let row = 0;
    return sampleLogs(batch, ({ traceId, severityNumber, serviceName }) => {
      const identity = new Uint8Array(buffer, byteOffset + row * 8, 8);
      row += 1;
      return weightOf({ traceId, severityNumber, serviceName, identity });
    });
  }

  predictions(project: string, rows: readonly Prediction[]): readonly Prediction[] {
    const weightOf = this.weightsOf(project)?.predictions ?? null;
    return weightOf === null ? rows : samplePredictions(rows, weightOf);
  }

  private weightsOf(project: string): Weights | null {
    const rules = this.rules();
    if (rules.length === 0) {
      return null;
    }
    if (this.made?.of !== rules) {
      this.made = { of: rules, byProject: new Map() };
    }
    let weights = this.made.byProject.get(project);
    if (weights === undefined) {
      weights = weightsFor(rules.filter((rule) => projectOfRule(rule) === project));
      this.made.byProject.set(project, weights);
    }
    return weights;
  }
}

function weightsFor(rules: readonly SamplingRule[]): Weights {
  const has = (signal: SamplingRule['signal']): boolean => rules.some((rule) => rule.signal === signal);
  return {
    spans: has('traces') ? spanWeight(rules) : null,
    logs: has('logs') ? logWeight(rules) : null,
    predictions: has('predictions') ? predictionWeight(rules) : null,
  };
}
