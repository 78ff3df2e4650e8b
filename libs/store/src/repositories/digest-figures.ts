import type { BurnFigure, DigestFigures, DriftFigure } from '@tidewatch/alerts';
import type { TimeRange } from '@tidewatch/core';
import type { Database } from '../database.js';
import { toNumber, toNumberOrNull, type JsonNumber } from '../row-values.js';
import {
  AFTER_DEPLOYMENTS,
  ALERTS,
  BUDGETS,
  COSTS,
  COUNTS,
  DELIVERY,
  DEPLOYMENTS_COUNT,
  DRIFT,
  NOISIEST,
} from './digest-sql.js';

/** Adds up what a digest says. */
export interface DigestFiguresRepository {
  /** Everything about one project in one period, drills left out. */
  figures(project: string, period: TimeRange): Promise<DigestFigures>;
}

type Row = Readonly<Record<string, JsonNumber>>;
type Read = <Columns>(what: string, sql: string) => Promise<Columns[]>;

/** Opens the repository. */
export function digestFiguresRepository(database: Database): DigestFiguresRepository {
  return {
    figures: async (project, period) => {
      const parameters = { project, from: Math.floor(period.from), to: Math.ceil(period.to) };
      const read: Read = (what, sql) => database.query(sql, parameters, { tag: `digest.${what}` });
      // One after the other: a digest is in no hurry, and must not take all slots.
      return {
        burn: await readBurn(read),
        ...(await readAlerts(read)),
        deployments: await readDeployments(read),
        drift: (
          await read<Omit<DriftFigure, 'windows'> & { readonly windows: JsonNumber }>('drift', DRIFT)
        ).map((row) => ({ ...row, windows: toNumber(row.windows) })),
        costs: await read('costs', COSTS),
        delivery: await readDelivery(read),
      };
    },
  };
}

interface BudgetRow {
  readonly slo: string;
  readonly sloGroup: string;
  readonly left: JsonNumber | null;
  readonly worst: JsonNumber | null;
  readonly target: JsonNumber | null;
}

async function readBurn(read: Read): Promise<BurnFigure[]> {
  const counts = await read<{ slo: string; sloGroup: string; goodCount: string; totalCount: string }>(
    'counts',
    COUNTS,
  );
  const counted = new Map(counts.map((row) => [JSON.stringify([row.slo, row.sloGroup]), row]));
  return (await read<BudgetRow>('budgets', BUDGETS)).map(({ slo, sloGroup, left, worst, target }) => {
    const found = counted.get(JSON.stringify([slo, sloGroup]));
    return {
      slo,
      group: sloGroup,
      left: toNumberOrNull(left),
      worst: toNumberOrNull(worst),
      spent:
        found === undefined
          ? null
          : spentShare(toNumber(found.goodCount), toNumber(found.totalCount), toNumberOrNull(target)),
    };
  });
}

/** Bad events as a share of those that the target allows. */
function spentShare(good: number, total: number, target: number | null): number | null {
  const allowed = target === null ? 0 : total * (1 - target);
  return allowed > 0 ? (total - good) / allowed : null;
}

async function readAlerts(read: Read): Promise<Pick<DigestFigures, 'alerts' | 'noisiest'>> {
  const [row = {}] = await read<Row>('alerts', ALERTS);
  const number = (name: string): number => toNumber(row[name] ?? 0);
  const noisiest = await read<Row & { readonly rule: string }>('noisiest', NOISIEST);
  return {
    alerts: {
      incidents: number('incidents'),
      pages: number('pages'),
      acknowledged: number('acknowledgedCount'),
      medianAcknowledgeMs: toNumberOrNull(row['medianAcknowledgeMs'] ?? null),
      resolved: number('resolvedCount'),
      medianResolveMs: toNumberOrNull(row['medianResolveMs'] ?? null),
      flaps: number('allFlaps'),
      suppressed: number('suppressedCount'),
      untouched: number('untouched'),
    },
    noisiest: noisiest.map(({ rule, incidents, pages, allFlaps, untouched }) => ({
      rule,
      incidents: toNumber(incidents ?? 0),
      pages: toNumber(pages ?? 0),
      flaps: toNumber(allFlaps ?? 0),
      untouched: toNumber(untouched ?? 0),
    })),
  };
}

async function readDeployments(read: Read): Promise<DigestFigures['deployments']> {
  const [counts] = await read<Row>('deployments', DEPLOYMENTS_COUNT);
  const [after] = await read<Row>('after-deployments', AFTER_DEPLOYMENTS);
  return {
    deployments: toNumber(counts?.['deployments'] ?? 0),
    rollbacks: toNumber(counts?.['rollbacks'] ?? 0),
    incidentsAfter: toNumber(after?.['incidents'] ?? 0),
    followedByIncident: toNumber(after?.['changes'] ?? 0),
  };
}

async function readDelivery(read: Read): Promise<DigestFigures['delivery']> {
  const [row = {}] = await read<Row>('delivery', DELIVERY);
  return {
    attempts: toNumber(row['allAttempts'] ?? 0),
    messages: toNumber(row['messages'] ?? 0),
    delivered: toNumber(row['deliveredCount'] ?? 0),
    withinThirtySeconds: toNumber(row['inTime'] ?? 0),
    deadLetters: toNumber(row['deadLetters'] ?? 0),
  };
}
