import { formatDuration } from '@tidewatch/core';
import { formatTable, formatTime, oneLine } from '../table.js';
import {
  standingOf,
  subjectOf,
  type IncidentAnswer,
  type IncidentView,
  type NotificationView,
} from './alert-views.js';

/** As many digits of an id as tell incidents apart. */
const ID_DIGITS = 12;
const LONGEST_CELL = 110;

/** Incidents in a table, for people. `now` is the server's clock, ms. */
export function incidentListText(items: readonly IncidentView[], total: number, now: number): string {
  if (items.length === 0) {
    return 'No incidents.';
  }
  const table = formatTable(
    [
      { title: 'INCIDENT' },
      { title: 'SEVERITY' },
      { title: 'STATUS' },
      { title: 'OPEN FOR', align: 'right' },
      { title: 'WHERE' },
      { title: 'WHO' },
      { title: 'WHAT' },
    ],
    items.map((incident) => [
      incident.id.slice(0, ID_DIGITS),
      `${incident.severity}${incident.marker === 'drill' ? ' (drill)' : ''}`,
      incident.status,
      lengthText((incident.resolvedAt ?? now) - incident.openedAt),
      subjectOf(incident),
      standingOf(incident),
      cut(incident.summary),
    ]),
  );
  return total > items.length ? `${table}\n\n${items.length} of ${total}; more with --limit.` : table;
}

/** Everything about one incident, for people. */
export function incidentText({ incident, history, now }: IncidentAnswer): string {
  const { notifications } = incident;
  const sections = [
    headText(incident, now),
    memberTable(incident),
    `HISTORY\n${history.map(changeLine).join('\n')}`,
    notifications.length === 0
      ? 'Nobody has been told: no route matches, or everything is kept quiet.'
      : notificationTable(notifications),
  ];
  return sections.join('\n\n');
}

/** Messages in a table, for people. */
export function notificationTable(items: readonly NotificationView[]): string {
  return formatTable(
    [
      { title: 'RECEIVER' },
      { title: 'ACTION' },
      { title: 'OUTCOME' },
      { title: 'ATTEMPTS', align: 'right' },
      { title: 'LATEST (UTC)' },
      { title: 'WHY NOT' },
    ],
    items.map((each) => [
      each.channel === '' ? each.receiver : `${each.receiver} (${each.channel})`,
      each.why === undefined || each.why === '' ? each.action : `${each.action}, ${each.why}`,
      each.outcome,
      String(each.attempts),
      each.at === null ? '-' : formatTime(each.at),
      cut(each.outcome === 'delivered' ? '' : each.reason),
    ]),
  );
}

/** A length of time to the second: `3m12s`. */
export function lengthText(milliseconds: number): string {
  return formatDuration(Math.max(0, Math.floor(milliseconds / 1_000) * 1_000));
}

function headText(incident: IncidentView, now: number): string {
  const { status, openedAt, resolvedAt } = incident;
  const length = lengthText((resolvedAt ?? now) - openedAt);
  const rows = [
    ['Incident', incident.id],
    ['What', oneLine(incident.summary)],
    ['Where', subjectOf(incident)],
    ['Severity', `${incident.severity}${incident.marker === 'drill' ? ', a drill' : ''}`],
    [
      'Status',
      `${status}, ${status === 'resolved' ? `was open ${length}` : `open for ${length}`} since ${formatTime(openedAt)} UTC`,
    ],
    ['Who', oneLine(standingOf(incident))],
    ['Runbook', oneLine(incident.members.find(({ runbook }) => runbook)?.runbook ?? '-')],
  ];
  return rows.map(([title = '', value = '']) => `${title.padEnd(8)}  ${value}`).join('\n');
}

function memberTable({ members }: IncidentView): string {
  return formatTable(
    [
      { title: 'RULE' },
      { title: 'SEVERITY' },
      { title: 'STATE' },
      { title: 'QUIET BECAUSE' },
      { title: 'WHAT' },
    ],
    members.map((member) => [
      member.name,
      member.severity,
      member.phase === undefined ? member.condition : `${member.phase}, ${member.condition}`,
      member.suppressed ? cut(member.suppressed.reason) : '-',
      cut(member.summary),
    ]),
  );
}

function changeLine({ at, kind, severity, member, by, text }: IncidentAnswer['history'][number]): string {
  const who = by ? ` by ${by}` : member ? ` (${member})` : '';
  return oneLine(`${formatTime(at)}  ${kind} as ${severity}${who}${text ? `: ${text}` : ''}`);
}

function cut(text: string): string {
  const line = oneLine(text);
  return line.length <= LONGEST_CELL ? line : `${line.slice(0, LONGEST_CELL - 1)}…`;
}
