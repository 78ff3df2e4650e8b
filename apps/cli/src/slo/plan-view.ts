import { formatDuration } from '@tidewatch/core';
import type { BurnTier, PlanCell, PlanRow, PlanTable } from '@tidewatch/slo';
import { formatTable } from '../table.js';
import { durationWords, percentWords, targetWords, threeDigits } from './number-words.js';

/** What `slo plan` prints of one SLO. */
export function planText({ slo, target, periodMs, tiers, rows }: PlanTable): string {
  const budget = `${slo}: ${targetWords(target)} over ${formatDuration(periodMs)}`;
  if (tiers.length === 0) {
    return `${budget}. It has no tiers, so nothing fires.`;
  }
  const table = formatTable(
    [
      { title: 'ERROR RATE', align: 'right' },
      { title: 'BURN', align: 'right' },
      { title: 'BUDGET LASTS', align: 'right' },
      ...tiers.map(({ name }) => ({ title: name })),
    ],
    rows.map((row) => [
      percentWords(row.errorRatio),
      threeDigits(row.burn),
      row.exhaustedAfterMs === null ? 'the period' : durationWords(row.exhaustedAfterMs),
      ...row.cells.map(cellText),
    ]),
  );
  const gated = rows.some(({ cells }) => cells.some((cell) => cell.gated !== null));
  return [
    budget,
    tiers.map((tier) => `  ${tierText(tier)}`).join('\n'),
    '',
    table,
    '',
    'Time until a tier fires / until it clears once the errors stop, and the share of the budget spent when it fires.',
    `${everyText(tiers)}, and the time that telemetry takes, come on top.`,
    ...(gated ? ['* later, or never, because the tier waits for its minimum of bad events.'] : []),
    ...firstWords(rows, tiers),
  ].join('\n');
}

function tierText({
  name,
  severity,
  burn,
  longMs,
  shortMs,
  minimumBadEvents,
  holdMs,
  and,
}: BurnTier): string {
  const hold = holdMs > 0 ? `, held for ${formatDuration(holdMs)}` : '';
  const condition = and === null ? '' : ', and its condition';
  return `${name} (${severity}): burn ${burn} over ${formatDuration(longMs)} and ${formatDuration(shortMs)}, from ${minimumBadEvents} bad events on${hold}${condition}`;
}

/** "Evaluation every 10s (page) and 30s (ticket)" */
function everyText(tiers: readonly BurnTier[]): string {
  const steps = new Map(tiers.map(({ severity, everyMs }) => [severity, everyMs]));
  return `Evaluation every ${[...steps].map(([severity, every]) => `${formatDuration(every)} (${severity})`).join(' and ')}`;
}

function cellText({ firesAfterMs, resetsAfterMs, spent, gated }: PlanCell): string {
  if (firesAfterMs === null || spent === null) {
    return gated === null ? 'never' : 'never *';
  }
  const times = `${durationWords(firesAfterMs)} / ${resetsAfterMs === null ? '-' : durationWords(resetsAfterMs)}`;
  return `${times}, ${percentWords(spent)}${gated === null ? '' : ' *'}`;
}

/** What an outage costs before somebody is woken, the question behind the table. */
function firstWords(rows: readonly PlanRow[], tiers: readonly BurnTier[]): string[] {
  const outage = rows.find(({ errorRatio }) => errorRatio === 1);
  const pages = tiers.flatMap(({ severity }, index) => {
    const cell = outage?.cells[index];
    return severity === 'page' && cell != null && cell.firesAfterMs !== null ? [cell] : [];
  });
  const [first] = pages.sort((a, b) => (a.firesAfterMs ?? 0) - (b.firesAfterMs ?? 0));
  return first === undefined || first.firesAfterMs === null || first.spent === null
    ? []
    : [
        `By burn rate alone, a total outage pages after ${durationWords(first.firesAfterMs)}; by then ${percentWords(first.spent)} of the budget is spent.`,
      ];
}
