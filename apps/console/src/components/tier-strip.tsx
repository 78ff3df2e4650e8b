import type { TierVerdict } from '../api.js';
import { formatBurn, formatQuantity, formatWindow } from '../format.js';
import { Icon } from './icon.js';

function Tier({ tier }: { tier: TierVerdict }) {
  const windows = `${formatWindow(tier.longMs)} / ${formatWindow(tier.shortMs)}`;
  const events = `${formatQuantity(tier.badEvents, 'bad event')} of ${formatQuantity(tier.totalEvents, 'event')} in ${formatWindow(tier.longMs)}`;
  const state = tier.state === 'firing' ? ', firing' : tier.state === 'frozen' ? ', no data' : '';
  return (
    <li class={`tier is-${tier.state} tier-${tier.severity}`} title={`${tier.name}: ${events}`}>
      <p class="tier-head">
        <span class="tier-name">{tier.name}</span>
        <span class="tier-severity">
          {tier.state === 'firing' && <Icon name={tier.severity} />}
          {tier.severity + state}
        </span>
      </p>
      <p class="tier-burn">
        <span>
          <b>{formatBurn(tier.longBurn)}</b> / <b>{formatBurn(tier.shortBurn)}</b> of{' '}
          {formatBurn(tier.threshold)}
        </span>
        <span>
          <span class="visually-hidden">over </span>
          {windows}
        </span>
      </p>
    </li>
  );
}

/** The burn of each tier over its long and short window beside the burn at which it fires. */
export function TierStrip({ tiers }: { tiers: readonly TierVerdict[] }) {
  return (
    <ul class="tiers" aria-label="Burn rate by tier: long window, short window, threshold">
      {tiers.map((tier) => (
        <Tier key={tier.name} tier={tier} />
      ))}
    </ul>
  );
}
