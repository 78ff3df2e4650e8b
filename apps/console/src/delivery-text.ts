import type { ActionView, DeliveryView, DeliveryWindow, HeartbeatView, QuietView } from './alerting-view.js';
import {
  formatAge,
  formatCount,
  formatLatency,
  formatQuantity,
  formatSli,
  formatSpan,
  formatTarget,
} from './format.js';
import type { Tone } from './overall.js';

const WINDOW_NAMES: Readonly<Record<string, string>> = {
  '1h': 'Last hour',
  '24h': 'Last 24 hours',
  '28d': 'Last 28 days',
};

/** What a stretch of time is called: `Last hour`, `Last 24 hours`, `Last 28 days`. */
export function windowName(window: string): string {
  return Object.hasOwn(WINDOW_NAMES, window) ? (WINDOW_NAMES[window] ?? window) : `Last ${window}`;
}

/** How many pages of a stretch of time were attempted in time, in words. */
export interface WindowText {
  share: string;
  detail: string;
  tone: Tone;
}

/** Puts one stretch of the delivery objective into words. Without pages it is neither met nor missed. */
export function windowText(
  { pages, pagesOnTime }: Pick<DeliveryWindow, 'pages' | 'pagesOnTime'>,
  objective: number,
): WindowText {
  if (pages === 0) {
    return { share: 'no pages', detail: 'none was due', tone: 'muted' };
  }
  const late = pages - pagesOnTime;
  return {
    share: formatSli(pagesOnTime / pages),
    detail:
      late === 0
        ? `all ${formatQuantity(pages, 'page')} in time`
        : `${formatCount(late)} of ${formatQuantity(pages, 'page')} late`,
    tone: pagesOnTime / pages >= objective ? 'ok' : 'critical',
  };
}

/** The goal in words: `99.9% of pages are attempted within 30 s of being due`. */
export function goalText({ objective, withinMs }: DeliveryView['slo']): string {
  return `${formatTarget(objective)} of pages are attempted within ${formatSpan(withinMs)} of being due`;
}

/** What waits: `nothing waits`, `3 messages wait, 1 on its way`. */
export function queueText({ queue: { waiting, active } }: Pick<DeliveryView, 'queue'>): string {
  if (waiting === null || active === null) {
    return 'it does not answer';
  }
  const waits =
    waiting === 0
      ? 'nothing waits'
      : `${formatQuantity(waiting, 'message')} ${waiting === 1 ? 'waits' : 'wait'}`;
  return active === 0 ? waits : `${waits}, ${formatCount(active)} on the way`;
}

/** What a queue is kept in. */
export function driverText(driver: string): string {
  return driver === 'bull' || driver === 'redis' ? 'in Redis' : 'in this process';
}

/** Who decides and delivers. A server without the lease does not know whether anybody has it: with Redis dead nobody does. */
export function leaseText({ lease }: Pick<DeliveryView, 'lease'>): string {
  return lease?.held === true ? 'this server' : 'not this server';
}

/** How messages to one receiver went in a stretch of time. */
export function receiverText(window: DeliveryWindow): { text: string; tone: Tone } {
  const { messages, delivered, deadLetters, pending, p50Ms, p99Ms } = window;
  const parts = [
    `${formatCount(delivered)} of ${formatQuantity(messages, 'message')} delivered`,
    pending === 0 ? '' : `${formatCount(pending)} on the way`,
    deadLetters === 0 ? '' : `${formatCount(deadLetters)} given up`,
    p50Ms === null ? '' : `attempted in ${formatLatency(p50Ms)}, p99 ${formatLatency(p99Ms)}`,
  ];
  const tone = deadLetters > 0 ? 'critical' : pending > 0 ? 'warning' : 'ok';
  return { text: parts.filter((part) => part !== '').join(', '), tone };
}

/** How a heartbeat does. */
export function heartbeatText(
  { lastSuccessAt, lastFailureAt, lastFailure, heldBack, everyMs }: HeartbeatView,
  now: number,
): { text: string; tone: Tone } {
  if (heldBack !== '') {
    return { text: `held back: ${heldBack}`, tone: 'critical' };
  }
  if (lastFailureAt !== null && lastFailureAt > (lastSuccessAt ?? 0)) {
    return { text: `failed ${formatAge(lastFailureAt, now)}: ${lastFailure}`, tone: 'critical' };
  }
  if (lastSuccessAt === null) {
    return { text: `every ${formatSpan(everyMs)}, none sent yet`, tone: 'muted' };
  }
  const late = now - lastSuccessAt > 2 * everyMs;
  return {
    text: `every ${formatSpan(everyMs)}, the last ${formatAge(lastSuccessAt, now)}`,
    tone: late ? 'warning' : 'ok',
  };
}

/** What is said of one heartbeat. */
export interface HeartbeatLine {
  name: string;
  text: string;
  tone: Tone;
}

/** What is said of each heartbeat that the rules ask for, whoever sends it; empty when they ask for none. */
export function heartbeatLines(
  { heartbeats, heartbeatsElsewhere = [] }: Pick<DeliveryView, 'heartbeats' | 'heartbeatsElsewhere'>,
  now: number,
): HeartbeatLine[] {
  return [
    ...heartbeats.map((heartbeat) => ({ name: heartbeat.name, ...heartbeatText(heartbeat, now) })),
    ...heartbeatsElsewhere.map((name) => ({
      name,
      text: 'sent by the server that holds the lease',
      tone: 'muted' as const,
    })),
  ];
}

/** How much something keeps quiet: `holds back 3 rules`, `holds back nothing now`. */
export function heldText({ held }: Pick<QuietView, 'held'>): string {
  return held === 0 ? 'holds back nothing now' : `holds back ${formatQuantity(held, 'rule')}`;
}

/** What waits for an approval, the oldest on top. */
export function waitingActions(actions: readonly ActionView[]): ActionView[] {
  return actions
    .filter(({ status, needsApproval }) => status === 'requested' && needsApproval)
    .sort((a, b) => a.requestedAt - b.requestedAt);
}

/** What an action would do, as a heading: `Rollback of ranker-api, eu-1`, with `(dry run)` where it is one. */
export function actionTitle({ action, service, region, model, dryRun }: ActionView): string {
  const subject = [service, region, model === '' ? '' : `model ${model}`].filter((part) => part !== '');
  const name = `${action.charAt(0).toUpperCase()}${action.slice(1)}`;
  return `${name}${subject.length === 0 ? '' : ` of ${subject.join(', ')}`}${dryRun ? ' (dry run)' : ''}`;
}
