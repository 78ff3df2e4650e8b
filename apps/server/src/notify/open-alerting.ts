import type { Config, Environment } from '@tidewatch/config';
import type { Store } from '@tidewatch/store';
import type { Logger } from 'pino';
import type { CleanupStack } from '../cleanup-stack.js';
import { openJobs, type OpenJobs } from '../jobs/open-jobs.js';
import { AlertMetrics } from '../telemetry/alert-metrics.js';
import { recordAttempt } from '../telemetry/show-alerting.js';
import { Alerting } from './alerting.js';
import { openNotifying, type Notifying, type Outwards } from './open-notifying.js';
import { leasesOf } from './term.js';

/** Alerting that has not started yet, with everything it works on. */
export interface OpenAlerting {
  readonly notifying: Notifying;
  readonly jobs: OpenJobs['driver'];
  readonly alerting: Alerting;
  readonly metrics: AlertMetrics;
}

/**
 * Opens queues, silences and the way to people. Nothing is judged or sent before {@link Alerting.start}.
 *
 * @throws AppError `config.link-secret`, `jobs.redis-url`
 */
export async function openAlerting(
  store: Store,
  outwards: Outwards,
  parts: { readonly config: Config; readonly environment: Environment; readonly logger: Logger },
  cleanup: CleanupStack,
): Promise<OpenAlerting> {
  const { config, logger } = parts;
  const notifying = openNotifying(store, outwards, parts);
  cleanup.push(() => notifying.suppressions.stop());
  const jobs = await openJobs(config.redisUrl, logger);
  cleanup.push(() => jobs.close());
  const metrics = new AlertMetrics();
  const alerting = new Alerting({
    store,
    rules: outwards.rules,
    suppressions: notifying.suppressions,
    contextOf: (incident, now, severity) => notifying.contexts.contextOf(incident, now, severity),
    driver: jobs.driver,
    leases: leasesOf(config, logger),
    onAttempt: (row) => recordAttempt(metrics, row),
    logger,
  });
  return { notifying, jobs: jobs.driver, alerting, metrics };
}
