import { setTimeout as sleep } from 'node:timers/promises';
import { startStandIn } from '../../examples/stand-ins/src/index.js';
import { openAlertingParts, pageSignal, policed, type AlertingParts } from '../harness/alerting-parts.js';
import { ownerOf, PAGER_KEYS, pagerRules } from './alerts-rules.js';
import { figure, type Figure } from './figure.js';

const PAGES = 600;
/** One every 50 ms: 20 services a second begin to burn, for half a minute. */
const EVERY_MS = 50;
const BASELINE_PAGES = 60;

/**
 * `decision-to-attempt`: from the moment at which a page is decided to its first attempt at the receiver, in ms, the 99th
 * percentile of pages that are decided one after the other. Baseline: a delivery that only reads its outbox, every 10 s.
 */
export async function benchDecisionToAttempt(): Promise<Figure[]> {
  const value = await latencies(PAGES, EVERY_MS, 'queued');
  const baseline = await latencies(BASELINE_PAGES, EVERY_MS, 'scanned');
  return [
    figure({
      name: 'decision-to-attempt',
      value: percentile(value, 0.99),
      unit: 'ms',
      baseline: percentile(baseline, 0.99),
      baselineName: 'an outbox that is read every 10 s',
      floor: { atMost: 1_000 },
    }),
  ];
}

async function latencies(pages: number, everyMs: number, how: 'queued' | 'scanned'): Promise<number[]> {
  const pager = await startStandIn({ kind: 'pagerduty', port: 0 });
  const parts = await openAlertingParts({ rules: pagerRules(pager.url), environment: PAGER_KEYS });
  try {
    if (how === 'scanned') {
      parts.alerting.delivery.enqueue = async () => undefined;
    }
    for (let page = 0; page < pages; page += 1) {
      const now = Date.now();
      await parts.alerting.incidents.handle(
        [policed(pageSignal(`service-${page}`, now, { owner: ownerOf(page) }))],
        now,
      );
      await sleep(Math.max(0, now + everyMs - Date.now()));
    }
    return (await firstAttempts(parts, pages)).map(({ at, dueAt }) => at - dueAt);
  } finally {
    await parts.close();
    await pager.close();
  }
}

async function firstAttempts(parts: AlertingParts, pages: number): Promise<AlertingParts['attempts']> {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(100)) {
    const first = parts.attempts.filter(({ attempt }) => attempt === 1);
    if (first.length >= pages) {
      return first;
    }
  }
  throw new Error(`Only ${parts.attempts.length} of ${pages} pages were attempted within a minute.`);
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
