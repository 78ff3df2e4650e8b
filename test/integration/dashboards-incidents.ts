import { clickhouseTime, type SeedRows } from './dashboards-seed.js';

const MINUTE = 60_000;

/** An open page, an open ticket older than the range, a resolved page, their messages, and a deployment with its traffic shift. */
export function incidentSeed(end: number): SeedRows {
  const event = (
    id: string,
    sequence: number,
    minutesAgo: number,
    rest: Readonly<Record<string, unknown>>,
  ) => ({
    Project: 'default',
    IncidentId: id,
    Sequence: sequence,
    Epoch: 1,
    At: clickhouseTime(end - minutesAgo * MINUTE),
    Kind: 'opened',
    Status: 'open',
    Severity: 'page',
    Service: 'ranker',
    Region: 'eu-1',
    Model: 'ranker-v1',
    Generation: 1,
    Summary: `${id} ${sequence}`,
    State: '{}',
    Intents: '[]',
    ...rest,
  });
  const intents = (id: string, severity: string, notBefore: number): string =>
    JSON.stringify([{ id, receiver: id.split(':')[2], severity, action: 'trigger', notBefore }]);
  const attempt = (id: string, number: number, ago: number, rest: Readonly<Record<string, unknown>>) => ({
    Project: 'default',
    IntentId: id,
    Attempt: number,
    IncidentId: id.split(':')[0],
    Receiver: id.split(':')[2],
    Action: 'trigger',
    At: clickhouseTime(end - ago),
    Outcome: 'delivered',
    NextAttemptAt: clickhouseTime(end - ago),
    ...rest,
  });
  const deployment = (kind: string, minutesAgo: number, rest: Readonly<Record<string, unknown>>) => ({
    Project: 'default',
    DeploymentId: 'd-81',
    Kind: kind,
    Service: 'ranker',
    Model: 'ranker-v1',
    ModelVersion: '1.4.2',
    Timestamp: clickhouseTime(end - minutesAgo * MINUTE),
    ReceivedAt: clickhouseTime(end - minutesAgo * MINUTE),
    ...rest,
  });
  return {
    incident_events: [
      event('burning', 1, 20, { Severity: 'ticket', Intents: intents('burning:1:ml-tickets', 'ticket', 0) }),
      event('burning', 2, 15, {
        Kind: 'escalated',
        Intents: intents('burning:2:sre-pager', 'page', end - 15 * MINUTE),
      }),
      event('burning', 3, 14, {
        Kind: 'acknowledged',
        Summary: 'burning 2',
        State: JSON.stringify({
          members: {
            'SLO/ranker-availability/page-fast': { phase: 'firing', severity: 'page', suppressed: null },
            'SLO/ranker-availability/ticket-slow': { phase: 'firing', severity: 'ticket', suppressed: null },
            'DriftMonitor/ranker-inputs': {
              phase: 'firing',
              severity: 'ticket',
              suppressed: { kind: 'deployment', id: 'd-81', reason: 'warming up', until: end + 5 * MINUTE },
            },
          },
        }),
      }),
      event('drifting', 1, 300, { Severity: 'ticket', Service: 'embedder', Model: 'clip' }),
      event('gone', 1, 50, { Intents: intents('gone:1:sre-pager', 'page', end - 50 * MINUTE) }),
      event('gone', 2, 40, {
        Kind: 'resolved',
        Status: 'resolved',
        State: JSON.stringify({ members: { 'SLO/ranker-availability/page-fast': { phase: 'left' } } }),
      }),
    ],
    notification_events: [
      attempt('burning:2:sre-pager', 1, 15 * MINUTE - 2_000, { Outcome: 'retry', Reason: 'it answered 503' }),
      attempt('burning:2:sre-pager', 2, 15 * MINUTE - 5_000, { LatencyMs: 500 }),
      attempt('burning:1:ml-tickets', 1, 19 * MINUTE, { Outcome: 'rejected', Reason: 'no such channel' }),
      attempt('gone:1:sre-pager', 1, 50 * MINUTE - 31_000, { LatencyMs: 1_000 }),
    ],
    deployments: [
      deployment('deploy', 25, { Variant: 'canary' }),
      deployment('traffic', 24, { TrafficShare: 0.125 }),
      deployment('rollback', 500, {}),
    ],
  };
}
