import { readSecret, type Config, type Environment } from '@tidewatch/config';
import { localLease, redisLease, type Lease, type LeaseSource } from '@tidewatch/jobs';
import type { Logger } from 'pino';
import { startEvaluation, type Evaluation } from '../evaluate/evaluation.js';
import { startTicker, type Ticker } from '../evaluate/ticker.js';
import type { Runtime } from '../runtime.js';
import type { SloGauges } from '../telemetry/slo-gauges.js';
import { announceDeployments } from './announce-deployments.js';
import { startDigests } from './digest/digest-schedule.js';
import { startHeartbeats, type HeartbeatState } from './heartbeat/heartbeats.js';
import type { Outwards } from './open-notifying.js';

/** What was agreed to and has no end yet is looked for so often. */
const ACTIONS_MS = 10_000;
/** Evaluation that has not ended a round for so long does not run. */
const SILENT_MS = 60_000;

/** Where the lease of alerts comes from: Redis where several processes share one, else nobody competes. */
export function leasesOf(config: Config, logger: Logger): LeaseSource {
  return config.redisUrl === null ? localLease(Date.now()) : redisLease({ url: config.redisUrl, logger });
}

/** What a term needs besides the runtime. */
export interface TermParts {
  readonly lease: Lease;
  readonly gauges: SloGauges;
  readonly outwards: Outwards;
  readonly environment: Environment;
  /** Shows what the term does. */
  readonly late: TermState;
}

/** What others see of a term. */
export interface TermState {
  /** When the last round of evaluation ended. */
  lastAt: number | null;
  /** The heartbeats, for as long as the term lasts. */
  heartbeats: () => readonly HeartbeatState[];
}

/** Starts what only the process that holds the lease does: judging, heartbeats, digests, announcements and actions. */
export function startTerm(runtime: Runtime, parts: TermParts): Ticker[] {
  const { logger } = runtime;
  const startedAt = Date.now();
  const evaluation = startEvaluation(runtime, parts.gauges, (at) => (parts.late.lastAt = at));
  const beats = startHeartbeats({
    rules: () => runtime.rules().heartbeats,
    readSecret: (reference) => readSecret(parts.environment, reference),
    outbound: parts.outwards.outbound,
    healthy: () => whyNotHealthy(runtime, { lease: parts.lease, evaluation, startedAt }),
    logger,
  });
  parts.late.heartbeats = () => beats.states();
  const heartbeats: Ticker = {
    stop: async () => {
      parts.late.heartbeats = () => [];
      await beats.stop();
    },
  };
  return [
    evaluation,
    heartbeats,
    startDigests(runtime, () => parts.lease.held()),
    announceDeployments(runtime),
    startTicker('actions', ACTIONS_MS, logger, () => runtime.actions.resume()),
  ];
}

/** What a term is judged by. */
interface Term {
  readonly lease: Pick<Lease, 'held'>;
  readonly evaluation: Pick<Evaluation, 'trouble'>;
  readonly startedAt: number;
}

/** Why a dead man's switch must not hear that all is well, or `null`. */
export function whyNotHealthy(
  runtime: Pick<Runtime, 'lastEvaluationAt'> & {
    readonly alerting: { readonly delivery: { readonly trouble: string | null } };
  },
  { lease, evaluation, startedAt }: Term,
): string | null {
  if (!lease.held()) {
    return 'this process does not hold the lease of alerts';
  }
  const now = Date.now();
  const lastAt = runtime.lastEvaluationAt() ?? startedAt;
  if (now - lastAt > SILENT_MS) {
    return 'no round of evaluation has ended for a minute';
  }
  return evaluation.trouble(now) ?? runtime.alerting.delivery.trouble;
}
