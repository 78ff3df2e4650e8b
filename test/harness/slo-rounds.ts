import type { Signal } from '@tidewatch/alerts';
import type { SloDefinition, SloVerdict } from '@tidewatch/slo';
import type { Store } from '@tidewatch/store';
import { pino } from 'pino';
import { SloEvaluator, type SloRound } from '../../apps/server/src/evaluate/slo/slo-evaluator.js';
import { SloGauges } from '../../apps/server/src/telemetry/slo-gauges.js';

/** What a round of {@link SloRounds} may be told besides the SLOs. */
export type RoundOptions = Partial<SloRound> & {
  /** Whether history is counted after the round; default yes, to its end. */
  readonly lookBack?: boolean;
};

/** How long after its horizon a round takes place. */
const SETTLE_MS = 2_000;

/** The evaluator of SLOs on a real store, round by round, at times of the test's choosing. */
export class SloRounds {
  readonly gauges = new SloGauges();
  readonly errors: string[] = [];
  private readonly store: Store;
  private readonly evaluator: SloEvaluator;

  constructor(store: Store) {
    this.store = store;
    const logger = pino({ level: 'error' }, { write: (line: string) => void this.errors.push(line) });
    this.evaluator = new SloEvaluator(store, logger, this.gauges);
  }

  /** Judges `slos` over windows that end at `horizon`; all that is written until then must be visible already. */
  async round(
    slos: readonly SloDefinition[],
    horizon: number,
    options: RoundOptions = {},
  ): Promise<Signal[]> {
    const { lookBack = true, ...rest } = options;
    const now = horizon + SETTLE_MS;
    const signals = await this.evaluator.evaluate(slos, {
      now,
      horizon,
      stale: false,
      isMember: () => true,
      conditions: () => new Map(),
      ...rest,
    });
    if (lookBack) {
      await this.lookBack(now);
    }
    return signals;
  }

  /** Whether a member of an incident speaks for a group of which nothing is left. */
  isOfLostGroup(member: string, slos: readonly SloDefinition[]): boolean {
    return this.evaluator.isOfLostGroup(member, slos);
  }

  /** Counts history to its end. */
  lookBack(now: number): Promise<void> {
    return this.evaluator.lookBack(now, Infinity);
  }

  /** The last written verdict on an SLO and group. */
  async verdict({ name, labels }: SloDefinition, group = ''): Promise<SloVerdict> {
    const rows = await this.store.verdicts.latest(labels['project'] ?? 'default', 'SLO', { rule: name });
    const row = rows.find(({ subject }) => subject === group);
    if (row === undefined) {
      throw new Error(`There is no verdict on ${name} ${group}; errors: ${this.errors.join('')}`);
    }
    return JSON.parse(row.document) as SloVerdict;
  }
}
