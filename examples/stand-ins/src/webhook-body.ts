import { z } from 'zod';

/** What a body asks for, whichever form it has. */
export interface HookMessage {
  readonly key: string;
  readonly action: 'trigger' | 'update' | 'acknowledge' | 'resolve';
  readonly severity: string;
  readonly summary: string;
}

const time = z.iso.datetime();
const address = z.union([z.literal(''), z.url({ protocol: /^https?$/ })]);
const severity = z.enum(['page', 'ticket']);
const pairs = z.record(z.string(), z.string());

/** The body that Tidewatch documents, version 1. Unknown keys are taken: new fields may come. */
const tidewatchSchema = z.object({
  version: z.literal('1'),
  action: z.enum(['trigger', 'update', 'acknowledge', 'resolve']),
  reason: z.string().min(1),
  severity,
  dedupKey: z.string().regex(/^[0-9a-f]{64}$/),
  by: z.string(),
  text: z.string(),
  incident: z.object({
    id: z.string().min(1),
    generation: z.int(),
    sequence: z.int(),
    status: z.enum(['pending', 'open', 'resolved']),
    severity,
    summary: z.string().min(1),
    project: z.string(),
    service: z.string(),
    region: z.string(),
    model: z.string(),
    deploymentId: z.string(),
    openedAt: time,
    updatedAt: time,
    resolvedAt: time.nullable(),
    members: z.array(z.object({ name: z.string(), severity: z.string(), summary: z.string(), facts: pairs })),
    membersLeftOut: z.int().nonnegative(),
  }),
  place: pairs,
  deployments: z.array(z.string()),
  firstAction: z.string(),
  canaryPlan: z.string(),
  links: z.object({ runbook: address, console: address, grafana: address, traces: address }),
});

/** The body of version 4 that receivers made for Prometheus Alertmanager read. Nothing may be unknown in it. */
const alertmanagerSchema = z.strictObject({
  version: z.literal('4'),
  groupKey: z.string().min(1),
  truncatedAlerts: z.int().nonnegative(),
  status: z.enum(['firing', 'resolved']),
  receiver: z.string(),
  groupLabels: pairs,
  commonLabels: pairs,
  commonAnnotations: pairs,
  externalURL: address,
  notification_reason: z.string().optional(),
  alerts: z
    .array(
      z.strictObject({
        status: z.enum(['firing', 'resolved']),
        labels: z.record(z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/), z.string()),
        annotations: z.record(z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/), z.string()),
        startsAt: time,
        endsAt: time,
        generatorURL: address,
        fingerprint: z.string().regex(/^[0-9a-f]{16}$/),
      }),
    )
    .min(1),
});

/** Reads a body of either form, or says what is wrong with it. */
export function judgeBody(payload: unknown): HookMessage | string[] {
  const version = (payload as { version?: unknown } | null)?.version;
  if (version === '4') {
    const parsed = alertmanagerSchema.safeParse(payload);
    return parsed.success
      ? {
          key: parsed.data.groupKey,
          action: parsed.data.status === 'firing' ? 'trigger' : 'resolve',
          severity: parsed.data.commonLabels['severity'] ?? '',
          summary: parsed.data.commonAnnotations['summary'] ?? '',
        }
      : problemsOf(parsed.error.issues);
  }
  const parsed = tidewatchSchema.safeParse(payload);
  if (!parsed.success) {
    return problemsOf(parsed.error.issues);
  }
  const { dedupKey: key, action, incident } = parsed.data;
  return { key, action, severity: parsed.data.severity, summary: incident.summary };
}

function problemsOf(issues: readonly z.core.$ZodIssue[]): string[] {
  return issues.map((issue) => `'${issue.path.join('.')}' ${issue.message}`);
}
