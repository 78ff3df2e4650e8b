import { createHash } from 'node:crypto';
import type { IncidentState, MemberState, NotificationIntent } from '@tidewatch/alerts';
import type { Notification } from '../../libs/channels/src/channel.js';

/** 2026-11-22T10:00:00Z */
export const START = 1_795_341_600_000;
export const CONSOLE_URL = 'https://tidewatch.example.com/incidents/1';
export const GRAFANA_URL = 'https://grafana.example.com/d/tidewatch?var-service=ranker-api';
export const TRACES_URL = 'https://tidewatch.example.com/traces?service=ranker-api';
export const RUNBOOK = 'https://runbooks.example.com/availability?tier=fast&team=sre';
export const SUMMARY =
  'availability burns its 30d budget 20.1 times too fast (1h 16.2, 5m 20.1, page at 14.4); 63 % is left';
export const FIRST_STEP = 'Roll ranker back to 1.4.1.';

/** What may differ from the usual notification. */
export interface NotificationParts {
  readonly intent?: Partial<NotificationIntent>;
  readonly incident?: Partial<IncidentState>;
  readonly context?: Partial<Notification['context']>;
  readonly attemptAt?: number;
  readonly ref?: string | null;
  readonly uncertain?: boolean;
}

/** One firing page of an SLO with its numbers. */
export function member(part: Partial<MemberState> = {}): MemberState {
  return {
    kind: 'SLO',
    rule: 'availability',
    tier: 'page-fast',
    severity: 'page',
    ownSeverity: 'page',
    aspect: 'availability',
    raisedBy: [],
    labels: { team: 'sre' },
    owner: 'sre',
    runbook: RUNBOOK,
    phase: 'firing',
    suppressed: null,
    condition: 'firing',
    since: START,
    okSince: null,
    leftAt: null,
    signalledAt: START,
    summary: SUMMARY,
    facts: { 'burn over 1h': '16.2', 'burn over 5m': '20.1', 'bad events': '612', 'budget left': '63 %' },
    evidence: { firstStep: FIRST_STEP, chart: null, canaryPlan: null, sampleSet: '' },
    ...part,
  };
}

/** An open incident of one page, 12 minutes old when it is told. */
export function notification(parts: NotificationParts = {}): Notification {
  const incident = incidentOf(parts.incident);
  const receiver = parts.intent?.receiver ?? 'bench';
  return {
    intent: {
      id: `${incident.id}:${incident.sequence}:${receiver}`,
      incidentId: incident.id,
      sequence: incident.sequence,
      receiver,
      action: 'trigger',
      reason: 'opened',
      severity: incident.severity,
      dedupKey: sha256(`${incident.id}\n${receiver}`),
      notBefore: START,
      explanation: ['routes[0]: severity=page'],
      destination: '',
      by: '',
      text: '',
      ...parts.intent,
    },
    incident,
    context: {
      links: { console: CONSOLE_URL, grafana: GRAFANA_URL, traces: TRACES_URL },
      deployments: [],
      chart: null,
      ...parts.context,
    },
    attemptAt: parts.attemptAt ?? START + 720_000,
    ref: parts.ref ?? null,
    uncertain: parts.uncertain ?? false,
  };
}

/** Which of several incidents a message is about. */
export function incidentNumber(number: number): Partial<IncidentState> {
  return {
    id: sha256(`incident ${number}`),
    key: { project: 'default', service: `service-${number}`, region: 'eu-1', model: 'ranker' },
  };
}

/** The same incident somewhat later: a second rule has joined it. */
export function updateOf(first: Notification, ref: string | null): Notification {
  const sequence = first.incident.sequence + 1;
  return notification({
    incident: {
      ...first.incident,
      sequence,
      updatedAt: START + 60_000,
      members: {
        ...first.incident.members,
        'DriftMonitor/ranker-inputs': member({
          kind: 'DriftMonitor',
          rule: 'ranker-inputs',
          tier: '',
          severity: 'ticket',
          ownSeverity: 'ticket',
          aspect: 'inputs',
          since: START + 60_000,
          summary: 'the input age has drifted: KS 0.31',
          facts: { KS: '0.31' },
        }),
      },
    },
    intent: { action: 'update', reason: 'changed' },
    attemptAt: first.attemptAt + 60_000,
    ref,
  });
}

/** The same incident after ada has taken it on. */
export function acknowledgeOf(first: Notification, ref: string | null): Notification {
  const at = START + 120_000;
  return notification({
    incident: {
      ...first.incident,
      sequence: first.incident.sequence + 2,
      updatedAt: at,
      acknowledged: { by: 'ada', at },
    },
    intent: { action: 'acknowledge', reason: 'acknowledged', by: 'ada' },
    attemptAt: first.attemptAt + 120_000,
    ref,
  });
}

/** The same incident after its end. */
export function resolveOf(first: Notification, ref: string | null): Notification {
  const at = START + 900_000;
  return notification({
    incident: {
      ...first.incident,
      sequence: first.incident.sequence + 3,
      status: 'resolved',
      updatedAt: at,
      resolvedAt: at,
      resolvedSequence: first.incident.sequence + 3,
      members: Object.fromEntries(
        Object.entries(first.incident.members).map(([name, each]) => [
          name,
          { ...each, phase: 'left', leftAt: at, condition: 'ok' },
        ]),
      ),
    },
    intent: { action: 'resolve', reason: 'resolved' },
    attemptAt: first.attemptAt + 900_000,
    ref,
  });
}

/** An incident whose every text from outside is `text`, with many members and many numbers. */
export function everywhere(text: string, members = 200, facts = 100): Notification {
  const factsOf = Object.fromEntries(Array.from({ length: facts }, (_, index) => [`${index}${text}`, text]));
  const hostile = (index: number): MemberState =>
    member({
      rule: text,
      kind: index === 0 ? text : 'SLO',
      owner: text,
      labels: { [text]: text },
      summary: text,
      facts: factsOf,
      evidence: {
        firstStep: text,
        chart: null,
        canaryPlan: { candidate: text, share: 0.05, hours: 24, stopRule: text },
        sampleSet: text,
      },
    });
  return notification({
    incident: {
      id: sha256(`everywhere ${text}`),
      key: { project: text, service: text, region: text, model: text },
      summary: text,
      deploymentId: text,
      assignee: text,
      acknowledged: { by: text, at: START },
      comments: [{ at: START, by: text, text }],
      members: Object.fromEntries(
        Array.from({ length: members }, (_, index) => [`SLO/${index}/${text}`, hostile(index)]),
      ),
    },
    intent: { by: text, text, explanation: [text] },
    context: {
      links: { console: CONSOLE_URL, grafana: text, traces: text },
      deployments: Array.from({ length: 3 }, () => ({
        deploymentId: text,
        kind: text,
        service: text,
        model: text,
        modelVersion: text,
        region: text,
        at: START,
      })),
      chart: { alt: text, png: new Uint8Array(), url: '' },
    },
  });
}

function incidentOf(part: Partial<IncidentState> = {}): IncidentState {
  return {
    id: sha256('incident'),
    key: { project: 'default', service: 'ranker-api', region: 'eu-1', model: 'ranker' },
    generation: 1,
    sequence: 1,
    status: 'open',
    severity: 'page',
    openedAt: START,
    updatedAt: START,
    resolvedAt: null,
    resolvedSequence: 0,
    resolvedBy: '',
    deploymentId: 'd-81',
    members: { 'SLO/availability/page-fast': member() },
    opened: [],
    escalations: [],
    raisedTo: null,
    acknowledged: null,
    assignee: '',
    comments: [],
    summary: SUMMARY,
    marker: '',
    ...part,
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
