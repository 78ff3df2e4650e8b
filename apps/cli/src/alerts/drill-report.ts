import { formatTable, oneLine } from '../table.js';
import type { IncidentAnswer, NotificationView } from './alert-views.js';
import { lengthText } from './incident-text.js';

/** `POST /api/v1/drills`. */
export interface DrillStart {
  readonly incidentId: string;
  /** Who has to hear of it: receiver, route and why. */
  readonly receivers?: readonly {
    readonly receiver: string;
    readonly path: string;
    readonly groupWaitMs: number;
    readonly explanation: readonly string[];
  }[];
  /** When the server closes it at the latest, ms. */
  readonly endsBy?: number;
}

/** How the message to one receiver went. Times in milliseconds; `null` for what did not happen. */
export interface DrillLine {
  readonly receiver: string;
  readonly channel: string;
  readonly route: string;
  readonly explanation: readonly string[];
  /** From the decision until it was due: what its route waits. */
  readonly waitMs: number;
  /** From when it was due until the first attempt began, and until it had arrived. */
  readonly attemptMs: number | null;
  readonly deliveryMs: number | null;
  readonly outcome: string;
  readonly reason: string;
  readonly inTime: boolean;
  /** How the close went; empty when there was nothing to close. */
  readonly close: string;
}

/** What a drill has shown. */
export interface DrillReport {
  readonly incidentId: string;
  readonly ok: boolean;
  readonly closed: boolean;
  readonly lines: readonly DrillLine[];
}

/**
 * Sums a drill up.
 *
 * @param withinMs how soon after it was due a message must have arrived
 */
export function drillReport(start: DrillStart, { incident }: IncidentAnswer, withinMs: number): DrillReport {
  const { notifications } = incident;
  const names = new Set([
    ...(start.receivers ?? []).map(({ receiver }) => receiver),
    ...notifications.map(({ receiver }) => receiver),
  ]);
  const lines = [...names].map((receiver): DrillLine => {
    const match = start.receivers?.find((each) => each.receiver === receiver);
    const opening = notifications.find((each) => each.receiver === receiver && each.action === 'trigger');
    const closing = notifications.findLast((each) => each.receiver === receiver && each.action === 'resolve');
    const dueAt = opening?.dueAt ?? incident.openedAt + (match?.groupWaitMs ?? 0);
    const deliveryMs = since(dueAt, arrivedAt(opening));
    return {
      receiver,
      channel: opening?.channel ?? '',
      route: match?.path ?? '',
      explanation: opening?.explanation ?? match?.explanation ?? [],
      waitMs: Math.max(0, dueAt - incident.openedAt),
      attemptMs: since(dueAt, opening?.firstAttemptAt ?? opening?.at ?? null),
      deliveryMs,
      outcome: opening?.outcome ?? 'never sent',
      reason: opening === undefined || opening.outcome === 'delivered' ? '' : opening.reason,
      inTime: deliveryMs !== null && deliveryMs <= withinMs,
      close: closing?.outcome ?? '',
    };
  });
  const closed = incident.status === 'resolved';
  return {
    incidentId: incident.id,
    closed,
    ok: closed && lines.length > 0 && lines.every(({ inTime, close }) => inTime && isClosed(close)),
    lines,
  };
}

/** A report for people. @param within as it was written */
export function drillText({ incidentId, ok, closed, lines }: DrillReport, within: string): string {
  const table = formatTable(
    [
      { title: 'RECEIVER' },
      { title: 'ROUTE' },
      { title: 'WAIT', align: 'right' },
      { title: 'ATTEMPT', align: 'right' },
      { title: 'ARRIVED', align: 'right' },
      { title: 'OUTCOME' },
      { title: 'CLOSE' },
    ],
    lines.map((line) => [
      line.channel === '' ? line.receiver : `${line.receiver} (${line.channel})`,
      line.route || '-',
      lengthText(line.waitMs),
      millis(line.attemptMs),
      millis(line.deliveryMs),
      outcomeText(line),
      line.close || '-',
    ]),
  );
  const reasons = lines
    .map(({ receiver, explanation, reason }) =>
      [
        `${receiver}:`,
        ...explanation.map((each) => `  ${oneLine(each)}`),
        ...(reason === '' ? [] : [`  failed: ${oneLine(reason)}`]),
      ].join('\n'),
    )
    .join('\n');
  const verdict = ok
    ? `All of ${lines.length} arrived within ${within} of being due, and all are closed.`
    : `${verdictOf(lines, closed)} See: tidewatch incident show ${incidentId.slice(0, 12)}`;
  return `${table}\n\n${reasons}\n\n${verdict}`;
}

function verdictOf(lines: readonly DrillLine[], closed: boolean): string {
  const late = lines.filter(({ inTime }) => !inTime).map(({ receiver }) => receiver);
  const open = lines.filter(({ close }) => !isClosed(close)).map(({ receiver }) => receiver);
  return [
    late.length === 0 ? '' : `Not in time: ${late.join(', ')}.`,
    !closed ? 'It is still open.' : open.length === 0 ? '' : `Not closed: ${open.join(', ')}.`,
  ]
    .filter((part) => part !== '')
    .join(' ');
}

function outcomeText({ outcome, inTime }: DrillLine): string {
  return outcome === 'delivered' && !inTime ? 'delivered late' : outcome;
}

function isClosed(close: string): boolean {
  return close === 'delivered';
}

function arrivedAt(opening: NotificationView | undefined): number | null {
  return opening?.outcome === 'delivered' ? (opening.deliveredAt ?? opening.at) : null;
}

function since(from: number, to: number | null): number | null {
  return to === null ? null : Math.max(0, to - from);
}

function millis(value: number | null): string {
  return value === null ? '-' : value < 10_000 ? `${Math.round(value)} ms` : lengthText(value);
}
