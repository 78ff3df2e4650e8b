import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '@tidewatch/core';
import { quantile } from 'simple-statistics';
import { startStandIn, type StandIn } from '../../examples/stand-ins/src/index.js';
import { startProcess } from '../harness/server-process.js';
import { figure, type Figure } from './figure.js';
import {
  minuteSlicesAttempt,
  outageRules,
  REPORT_EVERY,
  reportsBetween,
  type OutageService,
} from './slo-outage-services.js';

const SECOND = 1_000;
const MINUTE = 60_000;
/** Per kind of tiers. */
const SERVICES = 20;
/** More than the longest window of a page tier: with less of it the slow tier would be the fast one. */
const HISTORY = 370 * MINUTE;
/** From the start until the first outage: the history is counted, and every service has reported. */
const SETTLE = 60 * SECOND;
/** Outages begin within this time. */
const STAGGER = 60 * SECOND;
/** A page that has not come by then is taken for lost. */
const PATIENCE = 150 * SECOND;

/** Burn rate of the tier that fires first in a total outage. */
const FIRST_BURN = { workbook: 14.4, default: 4 } as const;

/**
 * `outage-to-attempt-p50` and `-max`: seconds from the first failed request of a total outage until the pager receives its page: 20 services at
 * 99.9 % with staggered outages, each reporting every ten seconds to a real server process. These have the page tiers of the workbook, of
 * which the fastest needs 51.8 s of outage; `outage-to-attempt-default-*` are 20 others in the same run with the default tiers,
 * whose guard needs 14.4 s.
 *
 * The baseline is when the same reports would have led to a page with slices of a minute, judged every 30 s.
 */
export async function benchOutageToAttempt(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'tidewatch-bench-outage-'));
  const pager = await startStandIn({ kind: 'pagerduty', port: 0 });
  try {
    const services = staggered(Date.now() + SETTLE + 15 * SECOND);
    const pagedAt = await runOutages(services, pager, folder);
    return (['workbook', 'default'] as const).flatMap((tiers) =>
      figuresOf(
        services.filter((service) => service.tiers === tiers),
        pagedAt,
        tiers,
      ),
    );
  } finally {
    await pager.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Services of both kinds, each with a phase and an outage of its own. */
function staggered(first: number): OutageService[] {
  const random = seededRandom(20);
  return (['workbook', 'default'] as const).flatMap((tiers) =>
    Array.from({ length: SERVICES }, (_, index) => ({
      name: `outage-${tiers}-${index}`,
      tiers,
      phase: Math.floor(random() * REPORT_EVERY),
      outageAt: first + Math.floor(random() * STAGGER),
    })),
  );
}

/** Runs a server through the outages. @returns when each service was first paged for */
async function runOutages(
  services: readonly OutageService[],
  pager: StandIn,
  folder: string,
): Promise<Map<string, number>> {
  const rules = join(folder, 'rules');
  mkdirSync(rules);
  writeFileSync(join(rules, 'rules.yaml'), outageRules(services, pager.url));
  const server = startProcess(
    {
      TIDEWATCH_DATA_DIR: join(folder, 'data'),
      TIDEWATCH_RULES_DIR: rules,
      TIDEWATCH_HTTP_PORT: '0',
      TIDEWATCH_OTLP_HTTP_PORT: '0',
      TIDEWATCH_OTLP_GRPC_PORT: '0',
      TIDEWATCH_LOG_LEVEL: 'warn',
      TIDEWATCH_BENCH_PAGER_KEY: '0123456789abcdef0123456789abcdef',
    },
    folder,
  );
  try {
    const [, otlp = ''] = await server.printed(/OTEL_EXPORTER_OTLP_ENDPOINT=(http\S+:\d+)\n\s+or gRPC/);
    const started = Date.now();
    for (const service of services) {
      await send(otlp, [reportsBetween(service, started - HISTORY, started)]);
    }
    await reportUntilPaged(services, pager, { otlp, from: started });
    return firstPages(services, pager);
  } finally {
    server.child.kill('SIGINT');
    await server.ended;
  }
}

/** Sends each report when its ten seconds are over, like the services would, until all have been paged for. */
async function reportUntilPaged(
  services: readonly OutageService[],
  pager: StandIn,
  { otlp, from }: { readonly otlp: string; readonly from: number },
): Promise<void> {
  const deadline = Math.max(...services.map(({ outageAt }) => outageAt)) + PATIENCE;
  const sending = new Set<Promise<void>>();
  for (let sent = from; Date.now() < deadline && firstPages(services, pager).size < services.length;) {
    await sleep(50);
    const now = Date.now();
    for (const service of services) {
      const report = reportsBetween(service, sent, now);
      if (report !== null) {
        const request = send(otlp, [report]).finally(() => sending.delete(request));
        sending.add(request);
      }
    }
    sent = now;
  }
  await Promise.all(sending);
}

async function send(otlp: string, resourceMetrics: readonly (object | null)[]): Promise<void> {
  const response = await fetch(`${otlp}/v1/metrics`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceMetrics: resourceMetrics.filter((each) => each !== null) }),
  });
  if (!response.ok) {
    throw new Error(`The server refused a report with ${response.status}: ${await response.text()}`);
  }
}

/** The first page of each service. One that came before its outage is a false page, and ends the run. */
function firstPages(services: readonly OutageService[], pager: StandIn): Map<string, number> {
  const first = new Map<string, number>();
  for (const { action, payload, at } of pager.events) {
    const source = (payload as { payload?: { source?: string } } | null)?.payload?.source ?? '';
    const service = services.find(({ name }) => name === source);
    if (action === 'trigger' && service !== undefined && !first.has(source)) {
      if (at < service.outageAt) {
        throw new Error(`${source} was paged for ${service.outageAt - at} ms before its outage.`);
      }
      first.set(source, at);
    }
  }
  return first;
}

function figuresOf(
  services: readonly OutageService[],
  pagedAt: ReadonlyMap<string, number>,
  tiers: OutageService['tiers'],
): Figure[] {
  const missing = services.filter(({ name }) => !pagedAt.has(name));
  if (missing.length > 0) {
    throw new Error(`No page came for ${missing.map(({ name }) => name).join(', ')}.`);
  }
  const seconds = services.map(({ name, outageAt }) => ((pagedAt.get(name) ?? Infinity) - outageAt) / SECOND);
  const minutes = services.map(
    (service) => (minuteSlicesAttempt(service, FIRST_BURN[tiers]) - service.outageAt) / SECOND,
  );
  process.stderr.write(
    `${tiers} tiers: ${[...seconds]
      .sort((a, b) => a - b)
      .map((each) => each.toFixed(1))
      .join(' ')} s\n`,
  );
  const name = `outage-to-attempt${tiers === 'default' ? '-default' : ''}`;
  const baselineName = 'the same reports in slices of a minute, judged every 30 s';
  const shared = { unit: 's', baselineName };
  return [
    figure({
      ...shared,
      name: `${name}-p50`,
      value: quantile(seconds, 0.5),
      baseline: quantile(minutes, 0.5),
      floor: { atMost: 85 },
    }),
    figure({
      ...shared,
      name: `${name}-max`,
      value: Math.max(...seconds),
      baseline: Math.max(...minutes),
      floor: { atMost: 95 },
    }),
  ];
}
