import type { GateView } from '../slo-detail-view.js';
import { stepText } from '../slo-text.js';
import { Badge } from './badge.js';
import { Icon } from './icon.js';

/** The steps of the error budget policy, and whether releases are frozen. */
export function PolicyPanel({ gate }: { gate: GateView }) {
  if (gate.steps.length === 0) {
    return (
      <p class="note">
        No policy: the annotation <code>tidewatch.dev/budget-policy</code> says what to do when so much of the
        budget is spent.
      </p>
    );
  }
  return (
    <div class="policy" data-testid="slo-gate">
      <p class="policy-gate">
        <GateBadge open={gate.open} />
        <span>{gate.reason}</span>
      </p>
      <ol class="policy-steps">
        {gate.steps.map((step) => (
          <li key={`${step.spent} ${step.action}`} class={step.reached === true ? 'is-reached' : undefined}>
            <Icon name={step.reached === true ? 'ticket' : step.reached === false ? 'ok' : 'no-data'} />
            <span>
              {stepText(step)}
              <span class="quiet">
                {step.reached === null ? ', unknown' : step.reached ? ', reached' : ', not reached'}
              </span>
              {step.message !== '' && <span class="fact-note">{step.message}</span>}
            </span>
          </li>
        ))}
      </ol>
    </div>
  );
}

function GateBadge({ open }: { open: boolean | null }) {
  if (open === null) {
    return <Badge tone="muted" icon="no-data" label="Gate unknown" />;
  }
  return open ? (
    <Badge tone="ok" icon="ok" label="Gate open" />
  ) : (
    <Badge tone="critical" icon="error" label="Releases frozen" />
  );
}
