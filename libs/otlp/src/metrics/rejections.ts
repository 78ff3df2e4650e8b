import { boundedText } from '../bounded-text.js';
import type { Rejection } from './batch.js';
import type { Fault } from './faults.js';

/** A request may name a million metrics and have a fault in each: beyond this many entries they share one per fault. */
const MAX_ENTRIES = 1_000;

/** Longest metric name in a reason, in characters. */
const MAX_NAME_LENGTH = 200;

interface Entry {
  readonly subject: string;
  readonly fault: Fault;
  count: number;
}

/** Counts refused points by metric and reason while a request is decoded. */
export class RejectionLog {
  private readonly entriesByMetric = new Map<string, Map<string, Entry>>();
  private readonly overflow = new Map<string, Entry>();
  private readonly warnings = new Map<string, Fault>();
  private size = 0;

  /** Notes that `count` points of `metricName` were refused. Zero points are no rejection. */
  add(metricName: string, fault: Fault, count = 1): void {
    if (count === 0) {
      return;
    }
    const entries = this.entriesByMetric.get(metricName);
    const entry = entries?.get(fault.problem);
    if (entry !== undefined) {
      entry.count += count;
    } else if (this.size < MAX_ENTRIES) {
      const added = { subject: subjectOf(metricName), fault, count };
      this.size++;
      if (entries === undefined) {
        this.entriesByMetric.set(metricName, new Map([[fault.problem, added]]));
      } else {
        entries.set(fault.problem, added);
      }
    } else {
      this.addToOverflow(fault, count);
    }
  }

  /** Notes something about a metric that refuses nothing. */
  warn(metricName: string, fault: Fault): void {
    if (this.warnings.size < MAX_ENTRIES) {
      this.warnings.set(metricName, fault);
    }
  }

  /** One rejection per metric and reason, in order of first occurrence, then the warnings. */
  finish(): Rejection[] {
    const rejections: Rejection[] = [];
    for (const entries of [...this.entriesByMetric.values(), this.overflow]) {
      for (const { subject, fault, count } of entries.values()) {
        const points = `${count} ${count === 1 ? 'point' : 'points'} refused`;
        rejections.push({ count, reason: reasonText(subject, fault, ` (${points})`) });
      }
    }
    for (const [metricName, fault] of this.warnings) {
      rejections.push({ count: 0, reason: reasonText(subjectOf(metricName), fault, '') });
    }
    return rejections;
  }

  private addToOverflow(fault: Fault, count: number): void {
    const entry = this.overflow.get(fault.problem);
    if (entry === undefined) {
      this.overflow.set(fault.problem, { subject: 'further metrics', fault, count });
    } else {
      entry.count += count;
    }
  }
}

function subjectOf(metricName: string): string {
  if (metricName === '') {
    return 'unnamed metric';
  }
  return `metric ${boundedText(metricName, MAX_NAME_LENGTH)}`;
}

/** `metric http.latency: points without a value (3 points refused); hint` */
function reasonText(subject: string, fault: Fault, points: string): string {
  const hint = fault.hint === undefined ? '' : `; ${fault.hint}`;
  return `${subject}: ${fault.problem}${points}${hint}`;
}

/** Bounds the answer: senders log the message, and a response may not exceed 4 MiB. */
const MAX_MESSAGE_LENGTH = 4_096;

/**
 * All rejections of a request in the form of an OTLP partial success.
 *
 * @returns null when nothing was refused and nothing is to be said; otherwise the total, 0 when there are only
 *   warnings, and one message of at most some 4,096 characters
 */
export function summariseRejections(
  rejections: readonly Rejection[],
): { rejected: number; message: string } | null {
  if (rejections.length === 0) {
    return null;
  }
  let rejected = 0;
  let message = '';
  let named = 0;
  for (const { count, reason } of rejections) {
    rejected += count;
    if (named === 0 || message.length + reason.length + 2 <= MAX_MESSAGE_LENGTH) {
      message += `${named === 0 ? '' : '. '}${boundedText(reason, MAX_MESSAGE_LENGTH)}`;
      named++;
    }
  }
  const unnamed = rejections.length - named;
  return { rejected, message: unnamed === 0 ? message : `${message}. And ${unnamed} more reasons.` };
}
