import { latencyKind } from './latency.js';
import { ratioKind } from './ratio.js';
import type { SliKind } from './sli-kind.js';

/** Every kind of SLI. A new one is a file beside this one and a line here. */
export const SLI_KINDS = [ratioKind, latencyKind] as const;

/** The definition of good and total events of one SLO. */
export type Sli = (typeof SLI_KINDS)[number] extends SliKind<infer Each> ? Each : never;
