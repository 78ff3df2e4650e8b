import type { ReceiverTraits } from '../intent.js';
import type { Routing } from '../routing/route.js';
import type { SuppressionSources } from '../suppression/suppression.js';

/** What decides who is told. */
export interface PlanContext {
  /** ms */
  readonly now: number;
  readonly routing: Routing;
  readonly receivers: ReadonlyMap<string, ReceiverTraits>;
  readonly suppression: SuppressionSources;
}
