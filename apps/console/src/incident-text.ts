import { formatHour, formatDay, formatQuantity, formatShare, formatSpan } from './format.js';
import type {
  DeploymentNote,
  Evidence,
  IncidentChange,
  IncidentMember,
  IncidentView,
  SuppressionNote,
} from './incident-view.js';
import type { Tone } from './overall.js';

/** A word about how an incident stands, beside its severity. */
export interface Standing {
  tone: Tone;
  icon: 'ok' | 'pending' | 'quiet' | 'person' | 'drill';
  label: string;
}

/** What an incident's card and page say about who has it and who hears of it. */
export function standingsOf(incident: IncidentView): Standing[] {
  const { marker, status, acknowledged, assignee, resolvedBy } = incident;
  const quiet = quietMembers(incident).length;
  const firing = incident.members.filter(({ phase }) => phase === 'firing').length;
  return [
    ...(marker === 'drill' ? [{ tone: 'muted' as const, icon: 'drill' as const, label: 'Drill' }] : []),
    ...(status === 'resolved'
      ? [
          {
            tone: 'ok' as const,
            icon: 'ok' as const,
            label: resolvedBy === '' ? 'Resolved' : `Resolved by ${resolvedBy}`,
          },
        ]
      : []),
    ...(status !== 'resolved' && acknowledged !== null
      ? [{ tone: 'ok' as const, icon: 'person' as const, label: `Acknowledged by ${acknowledged.by}` }]
      : []),
    ...(assignee === ''
      ? []
      : [{ tone: 'muted' as const, icon: 'person' as const, label: `Assigned to ${assignee}` }]),
    ...(quiet === 0
      ? []
      : [
          {
            tone: 'muted' as const,
            icon: 'quiet' as const,
            label: quiet === firing ? 'Kept quiet' : `${quiet} of ${firing} rules kept quiet`,
          },
        ]),
  ];
}

/** Members that fire and that nobody is told of. */
export function quietMembers(incident: IncidentView): IncidentMember[] {
  return incident.members.filter(({ phase, suppressed }) => phase === 'firing' && suppressed !== null);
}

/** How a member stands: `page, firing`, `ticket, recovered`, `page, dismissed by hand`. */
export function memberState({ severity, ownSeverity, condition, phase }: IncidentMember): string {
  const raised = severity === ownSeverity ? '' : ` (raised from ${ownSeverity})`;
  return `${severity}${raised}, ${phaseWord(phase, condition)}`;
}

function phaseWord(phase: IncidentMember['phase'], condition: IncidentMember['condition']): string {
  switch (phase) {
    case 'pending':
      return 'not for long enough yet';
    case 'left':
      return 'recovered';
    case 'dismissed':
      return 'dismissed by hand';
    case 'firing':
      switch (condition) {
        case 'firing':
          return 'firing';
        case 'ok':
          return 'recovering';
        case 'unknown':
          return 'no data';
      }
  }
}

const QUIET_WORDS: Readonly<Record<SuppressionNote['kind'], string>> = {
  silence: 'Silence',
  maintenance: 'Maintenance window',
  deployment: 'Fresh deployment',
};

/** What keeps something quiet: `Silence`, `Maintenance window`, `Fresh deployment`. */
export function quietWord(kind: SuppressionNote['kind']): string {
  return QUIET_WORDS[kind];
}

/** How long something goes on: `20 min left`. The reason beside it says until when. */
export function leftText(until: number, now: number): string {
  return until <= now ? 'ends now' : `${formatSpan(until - now)} left`;
}

/** One change in the life of an incident, as a sentence without its time. */
export function changeText({ kind, severity, member, by, text }: IncidentChange): string {
  const who = by === '' ? 'Somebody' : by;
  switch (kind) {
    case 'opened':
      return `Opened as a ${severity}`;
    case 'reopened':
      return `Opened again as a ${severity}`;
    case 'escalated':
      return 'Became a page';
    case 'deescalated':
      return 'Is a page no more, and goes on as a ticket';
    case 'joined':
      return `${member === '' ? 'A rule' : member} joined`;
    case 'left':
      return `${member === '' ? 'A rule' : member} recovered`;
    case 'resolved':
      return by === '' ? 'Resolved: every rule has been well for long enough' : `${by} resolved it`;
    case 'raised':
      return `Was raised to a ${severity}: it had gone on for too long`;
    case 'acknowledged':
      return `${who} took it on`;
    case 'unacknowledged':
      return `${who} gave it back`;
    case 'assigned':
      return text === '' ? `${who} took the assignment away` : `${who} assigned it to ${text}`;
    case 'commented':
      return `${who} commented`;
    case 'suppressed':
      return 'Was told to be quiet';
    case 'unsuppressed':
      return 'May speak again';
    case 'notified':
      return 'It was time to tell somebody';
    default:
      return kind;
  }
}

/** What was said with a change, below it; empty where the sentence says it all. */
export function changeRemark({ kind, text }: IncidentChange): string {
  return kind === 'assigned' ? '' : text;
}

/** Who was told with a change: `told sre-pager and ml-tickets`; empty for nobody. */
export function toldText({ told }: IncidentChange): string {
  const names = [...new Set(told.map(({ receiver }) => receiver))];
  const last = names.at(-1);
  if (last === undefined) {
    return '';
  }
  return `told ${names.length === 1 ? last : `${names.slice(0, -1).join(', ')} and ${last}`}`;
}

/** A deployment beside an incident: `12 min before: ranker 1.4.2 went live`. */
export function deploymentText(deployment: DeploymentNote, openedAt: number): { when: string; what: string } {
  const { at, kind, service, model, modelVersion } = deployment;
  const distance = Math.abs(at - openedAt);
  const when =
    distance < 1_000 ? 'as it opened' : `${formatSpan(distance)} ${at < openedAt ? 'before' : 'after'}`;
  const subject = [model === '' ? service : model, modelVersion].filter((part) => part !== '').join(' ');
  return { when, what: `${subject === '' ? 'something' : subject} ${deploymentVerb(kind)}` };
}

function deploymentVerb(kind: string): string {
  switch (kind) {
    case 'deploy':
      return 'went live';
    case 'rollback':
      return 'was rolled back';
    case 'traffic':
      return 'got other traffic';
    case 'config':
      return 'was configured anew';
    case 'load_failed':
      return 'could not be loaded';
    default:
      return kind;
  }
}

/** What to try on the way back: candidate, share, hours, stop rule; empty for none. */
export function canaryPlanText({ canaryPlan }: Evidence): string {
  if (canaryPlan === null) {
    return '';
  }
  const { candidate, share, hours, stopRule } = canaryPlan;
  const what = candidate === '' ? 'a newly trained version' : candidate;
  return `Try ${what} on ${formatShare(share)} of the traffic for ${formatQuantity(hours, 'hour')}. ${stopRule}`.trim();
}

/** When an incident began and how long it lasted: `open since 22 Nov 10:00 (3 min)`, `was open from … to …`. */
export function timingText(incident: IncidentView, now: number, timeZone?: string): string {
  const { openedAt, resolvedAt, generation } = incident;
  const moment = (at: number): string => `${formatDay(at, timeZone)} ${formatHour(at, timeZone)}`;
  const again = generation > 1 ? `, the ${ordinal(generation)} here` : '';
  return resolvedAt === null
    ? `open since ${moment(openedAt)} (${formatSpan(now - openedAt)})${again}`
    : `was open from ${moment(openedAt)} to ${moment(resolvedAt)} (${formatSpan(resolvedAt - openedAt)})${again}`;
}

function ordinal(count: number): string {
  const rest = count % 100;
  const suffix = rest >= 11 && rest <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][count % 10] ?? 'th');
  return `${count}${suffix}`;
}

/** Facts of a member worth a line: those with a value. */
export function factsOf({ facts }: IncidentMember): [name: string, value: string][] {
  return Object.entries(facts).filter(([, value]) => value !== '');
}
