import { benchDecisionToAttempt } from './alerts-latency.js';
import { benchMonth } from './alerts-month.js';
import { benchOutboxKill } from './alerts-outbox-kill.js';
import { benchReceiverFaults } from './alerts-receiver-faults.js';
import { benchStorm } from './alerts-storm.js';
import type { Figure } from './figure.js';

/** What `npm run bench -- alerts` measures, by name. */
export const ALERT_BENCHMARKS: Readonly<Record<string, () => Promise<Figure[]>>> = {
  'decision-to-attempt': benchDecisionToAttempt,
  'receiver-faults': benchReceiverFaults,
  storm: benchStorm,
  'outbox-kill': benchOutboxKill,
  month: benchMonth,
};
