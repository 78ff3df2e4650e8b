import type { HealthNote, SloVerdict } from '../api.js';
import { frozenLabel, isPassing } from '../slo-text.js';
import { Badge } from './badge.js';

/** The state of an SLO or of one of its groups; `null` before it was judged. */
export function SloBadge({ verdict, evaluable = true }: { verdict: SloVerdict | null; evaluable?: boolean }) {
  if (!evaluable) {
    return <Badge tone="muted" icon="no-data" label={frozenLabel('not-evaluable')} />;
  }
  switch (verdict?.state) {
    case 'breach':
      return verdict.tiers.some((tier) => tier.severity === 'page' && tier.state === 'firing') ? (
        <Badge tone="critical" icon="page" label="Burning fast" />
      ) : (
        <Badge tone="warning" icon="ticket" label="Burning" />
      );
    case 'frozen':
      return <Badge tone="muted" icon="no-data" label={frozenLabel(verdict.frozenBecause)} />;
    case 'ok':
      return <Badge tone="ok" icon="ok" label="OK" />;
    case undefined:
      return <Badge tone="muted" icon="pending" label="Not judged yet" />;
  }
}

/** That something seems wrong with the SLO itself; nothing when all is well, or will be by itself. */
export function HealthBadge({ notes }: { notes: readonly HealthNote[] }) {
  const faults = notes.filter(({ code }) => !isPassing(code));
  if (faults.length === 0) {
    return null;
  }
  return (
    <span title={faults.map(({ message }) => message).join('\n')}>
      <Badge
        tone="warning"
        icon="watch"
        label={faults.length === 1 ? 'Check it' : `${faults.length} to check`}
      />
    </span>
  );
}
