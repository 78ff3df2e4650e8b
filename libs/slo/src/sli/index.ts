import { foreignKind } from './foreign.js';
import { gaugeKind } from './gauge.js';
import { latencyKind } from './latency.js';
import { logKind } from './logs.js';
import { predictionKind } from './predictions.js';
import { ratioKind } from './ratio.js';
import { sampleMeanKind } from './sample-mean.js';
import { spanKind } from './spans.js';
import { sqlKind } from './sql.js';
import type { SliKind } from './sli-kind.js';
import type { Sli } from './sli-types.js';
import { verdictKind } from './verdicts.js';

/** Every kind of SLI. A new one is a file beside this one and a line here. */
export const SLI_KINDS: { readonly [Kind in Sli['kind']]: SliKind<Extract<Sli, { readonly kind: Kind }>> } = {
  ratio: ratioKind,
  latency: latencyKind,
  gauge: gaugeKind,
  spans: spanKind,
  logs: logKind,
  predictions: predictionKind,
  'sample-mean': sampleMeanKind,
  verdicts: verdictKind,
  sql: sqlKind,
  foreign: foreignKind,
};
