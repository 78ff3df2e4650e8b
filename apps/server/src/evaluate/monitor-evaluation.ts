import type { Signal } from '@tidewatch/alerts';
import type { Monitor, MonitorOf } from '@tidewatch/drift';
import type { Store } from '@tidewatch/store';
import type { EmbeddingAnalysis } from '@tidewatch/encoder';
import type { Logger } from 'pino';
import { DriftJudge } from './drift/drift-judge.js';
import { EmbeddingJudge } from './embedding/embedding-judge.js';
import { encodedHorizon } from './embedding/encoded-horizon.js';
import { MonitorRunner } from './monitor-runner.js';
import { PerformanceJudge } from './performance/performance-judge.js';
import { QualityJudge } from './quality/quality-judge.js';

/** Evaluates monitors of all kinds. */
export class MonitorEvaluation {
  private readonly drift: MonitorRunner<MonitorOf<'DriftMonitor'>>;
  private readonly truth: MonitorRunner<MonitorOf<'DriftMonitor'>>;
  private readonly quality: MonitorRunner<MonitorOf<'QualityMonitor'>>;
  private readonly performance: MonitorRunner<MonitorOf<'PerformanceMonitor'>>;

  private readonly embedding: MonitorRunner<MonitorOf<'EmbeddingMonitor'>>;
  private readonly store: Store;

  constructor(store: Store, analysis: EmbeddingAnalysis, logger: Logger) {
    this.store = store;
    this.drift = new MonitorRunner(store, logger, new DriftJudge(store, logger));
    this.truth = new MonitorRunner(store, logger, new DriftJudge(store, logger, 'truth'));
    this.quality = new MonitorRunner(store, logger, new QualityJudge(store));
    this.performance = new MonitorRunner(store, logger, new PerformanceJudge(store));
    this.embedding = new MonitorRunner(store, logger, new EmbeddingJudge(store, analysis, logger));
  }

  /** Evaluates the monitors that are due, but for those of embeddings; see {@link MonitorRunner.evaluate}. */
  async evaluate(monitors: readonly Monitor[], now: number, horizon: number): Promise<Signal[]> {
    const drift = ofKind(monitors, 'DriftMonitor');
    const [sent, truth] = [
      drift.filter((each) => each.truth === null),
      drift.filter((each) => each.truth !== null),
    ];
    return [
      ...(await this.drift.evaluate(sent, now, horizon)),
      ...(await this.truth.evaluate(truth, now, horizon)),
      ...(await this.quality.evaluate(ofKind(monitors, 'QualityMonitor'), now, horizon)),
      ...(await this.performance.evaluate(ofKind(monitors, 'PerformanceMonitor'), now, horizon)),
    ];
  }

  /**
   * Evaluates the embedding monitors that are due. Apart from the others: a comparison of vectors may take seconds, and vectors come
   * later than what they are made of.
   */
  async evaluateEmbeddings(monitors: readonly Monitor[], now: number, horizon: number): Promise<Signal[]> {
    const embedding = ofKind(monitors, 'EmbeddingMonitor');
    return embedding.length === 0
      ? []
      : this.embedding.evaluate(embedding, now, await encodedHorizon(this.store, horizon));
  }
}

function ofKind<Kind extends Monitor['kind']>(monitors: readonly Monitor[], kind: Kind): MonitorOf<Kind>[] {
  return monitors.filter((monitor): monitor is MonitorOf<Kind> => monitor.kind === kind);
}
