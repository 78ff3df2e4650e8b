import { channelContract } from './channel-contract.js';
import { startPagerdutyBench } from './pagerduty.bench.js';

channelContract({
  type: 'pagerduty',
  updates: true,
  acknowledges: true,
  keepsOpenState: true,
  http: true,
  largestBody: 512_000,
  start: startPagerdutyBench,
});
