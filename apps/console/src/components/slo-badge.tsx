import type { SloView } from '../api.js';
import { isPaging } from '../overall.js';
import { Badge } from './badge.js';

/** The state of an SLO. */
export function SloBadge({ slo }: { slo: SloView }) {
  switch (slo.verdict?.state) {
    case 'breach':
      return isPaging(slo) ? (
        <Badge tone="critical" icon="page" label="Burning fast" />
      ) : (
        <Badge tone="warning" icon="ticket" label="Burning" />
      );
    case 'frozen':
      return <Badge tone="muted" icon="no-data" label="No data" />;
    case 'ok':
      return <Badge tone="ok" icon="ok" label="OK" />;
    case undefined:
      return <Badge tone="muted" icon="pending" label="Not judged yet" />;
  }
}
