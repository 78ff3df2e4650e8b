import { startHttpBench, type HttpBench } from './http-bench.js';

/** A routing key as PagerDuty gives them out. */
export const ROUTING_KEY = 'R0UT1NGK3Y00000000000000000000AB';

export function startPagerdutyBench(): Promise<HttpBench> {
  return startHttpBench({
    kind: 'pagerduty',
    spec: (url) => ({ type: 'pagerduty', routingKeyEnv: 'PAGERDUTY_ROUTING_KEY', url }),
    secrets: () => ({ PAGERDUTY_ROUTING_KEY: ROUTING_KEY }),
  });
}
