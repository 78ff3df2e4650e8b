import type { ReplayAlert } from '@tidewatch/slo';
import { formatTable, formatTime, oneLine } from '../table.js';
import { counted, durationWords, percentWords, threeDigits } from './number-words.js';
import type { Simulation } from './simulate.js';

const DAY_MS = 86_400_000;

/** What `slo simulate` prints of one SLO: the pages first, for they wake people. */
export function simulationText(simulation: Simulation): string {
  const { slo, from, to, alerts, groups, problems, assumed } = simulation;
  const days = counted(Number(((to - from) / DAY_MS).toFixed(1)), 'day');
  const of = (severity: ReplayAlert['severity']): ReplayAlert[] =>
    alerts.filter((alert) => alert.severity === severity);
  const pages = of('page');
  const tickets = of('ticket');
  return [
    `${slo} would have ${pages.length === 0 ? 'paged nobody' : `paged ${times(pages.length)}`} in ${days}, and opened ${counted(tickets.length, 'ticket')}.`,
    ...problems.map((problem) => `warning: ${oneLine(problem)}`),
    ...(assumed.length === 0 ? [] : [`The conditions of ${assumed.join(', ')} were taken to hold.`]),
    ...(alerts.length === 0 ? [] : ['', alertTable([...pages, ...tickets], to)]),
    '',
    ...groups.map(
      ({ group, budgetRemaining, period }) =>
        `${group === '' ? 'At the end' : `${oneLine(group)} at the end`}: ${
          budgetRemaining === null
            ? 'no events, so the budget is unknown'
            : `${percentWords(budgetRemaining)} of the budget left`
        } (${period.total.toLocaleString('en-US')} counted).`,
    ),
  ].join('\n');
}

function times(count: number): string {
  return count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`;
}

function alertTable(alerts: readonly ReplayAlert[], end: number): string {
  const hasGroups = alerts.some(({ group }) => group !== '');
  return formatTable(
    [
      { title: 'AT (UTC)' },
      { title: 'SEVERITY' },
      { title: 'TIER' },
      ...(hasGroups ? [{ title: 'GROUP' }] : []),
      { title: 'LASTED', align: 'right' as const },
      { title: 'BURN', align: 'right' as const },
      { title: 'BUDGET LEFT', align: 'right' as const },
    ],
    alerts.map((alert) => [
      formatTime(alert.from),
      alert.severity,
      alert.tier,
      ...(hasGroups ? [alert.group] : []),
      alert.to === null ? `${durationWords(end - alert.from)}, open` : durationWords(alert.to - alert.from),
      `${burn(alert.longBurn)} / ${burn(alert.shortBurn)}`,
      alert.budgetSpent === null ? '-' : percentWords(1 - alert.budgetSpent),
    ]),
  );
}

function burn(value: number | null): string {
  return value === null ? '-' : threeDigits(value);
}
