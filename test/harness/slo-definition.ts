import { DEFAULT_TIERS, type Sli, type SloDefinition } from '@tidewatch/slo';

const DAY = 86_400_000;

/** An SLO over 30 rolling days that counts what `sli` says. */
export function sloDefinition(sli: Sli, changes: Partial<SloDefinition> = {}): SloDefinition {
  const target = changes.target ?? 0.999;
  const periodMs = changes.periodMs ?? 30 * DAY;
  const name = changes.name ?? 'slo';
  return {
    name,
    displayName: name,
    description: '',
    service: 'ranker',
    region: '',
    model: '',
    labels: {},
    owner: '',
    runbook: 'https://example.com/runbooks/slo',
    firstStep: '',
    target,
    window: { kind: 'rolling', periodMs },
    periodMs,
    budgeting: { method: 'Occurrences' },
    members: [{ name: '', sli, target, weight: 1 }],
    groupBy: null,
    tiers: DEFAULT_TIERS,
    noData: { severity: 'ticket', afterMs: null },
    budgetPolicy: [],
    ...changes,
  };
}
