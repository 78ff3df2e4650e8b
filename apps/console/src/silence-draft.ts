import { formatDay, formatHour } from './format.js';
import type { IncidentView } from './incident-view.js';

/** How long a silence can be asked to last, in hours, with the words of the form. */
export const SILENCE_LENGTHS: readonly (readonly [hours: string, words: string])[] = [
  ['0.5', '30 minutes'],
  ['1', '1 hour'],
  ['4', '4 hours'],
  ['12', '12 hours'],
  ['24', '1 day'],
  ['72', '3 days'],
  ['168', '1 week'],
];

/** The labels that the form offers, in its order. */
export const SILENCE_LABELS = ['service', 'region', 'model', 'rule', 'severity'] as const;
export type SilenceLabel = (typeof SILENCE_LABELS)[number];

/** A silence as the form holds it. An empty value matches everything. */
export interface SilenceDraft {
  labels: Record<SilenceLabel, string>;
  /** One of {@link SILENCE_LENGTHS}. */
  hours: string;
  comment: string;
}

/** A silence as the server takes it. */
export interface SilenceRequest {
  match: Record<string, string>;
  startsAt: string;
  endsAt: string;
  comment: string;
}

/** The form at first: about nothing, or about what an incident is about. */
export function silenceDraft(incident: IncidentView | null): SilenceDraft {
  const { service = '', region = '', model = '', marker = '' } = incident ?? {};
  // The model of a drill is a name of its own; by what it plays it is routed and silenced.
  const labels = { service, region, model: marker === 'drill' ? '' : model, rule: '', severity: '' };
  return { labels, hours: '1', comment: '' };
}

/** What is wrong with a draft, as a sentence; `null` when it can be sent. */
export function silenceProblem({ labels, comment }: SilenceDraft): string | null {
  if (Object.values(labels).every((value) => value.trim() === '')) {
    return 'Say what is to be quiet: a silence that matches everything would hide every outage.';
  }
  return comment.trim() === '' ? 'Say why: whoever wonders about the quiet has to know.' : null;
}

/** The request of a draft without problems. @param now the server's clock, ms */
export function silenceRequest({ labels, hours, comment }: SilenceDraft, now: number): SilenceRequest {
  const match = Object.fromEntries(
    Object.entries(labels)
      .map(([label, value]) => [label, value.trim()] as const)
      .filter(([, value]) => value !== ''),
  );
  return {
    match,
    startsAt: new Date(now).toISOString(),
    endsAt: new Date(now + Number(hours) * 3_600_000).toISOString(),
    comment: comment.trim(),
  };
}

/** When a silence of this draft would end: `until 22 Nov 14:05`. */
export function silenceEnd({ hours }: SilenceDraft, now: number, timeZone?: string): string {
  const end = now + Number(hours) * 3_600_000;
  return `until ${formatDay(end, timeZone)} ${formatHour(end, timeZone)}`;
}
