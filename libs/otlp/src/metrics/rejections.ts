import type { Rejection } from './batch.js';
import type { Fault } from './faults.js';

/** Counts refused points by metric and reason while a request is decoded. */
export class RejectionLog {
  private readonly countsByMetric = new Map<string, Map<string, { fault: Fault; count: number }>>();

  /** Notes that `count` points of `metricName` were refused. Zero points are no rejection. */
  add(metricName: string, fault: Fault, count = 1): void {
    if (count === 0) {
      return;
    }
    let counts = this.countsByMetric.get(metricName);
    if (counts === undefined) {
      counts = new Map();
      this.countsByMetric.set(metricName, counts);
    }
    const entry = counts.get(fault.problem);
    if (entry === undefined) {
      counts.set(fault.problem, { fault, count });
    } else {
      entry.count += count;
    }
  }

  /** One rejection per metric and reason, in order of first occurrence. */
  finish(): Rejection[] {
    const rejections: Rejection[] = [];
    for (const [metricName, counts] of this.countsByMetric) {
      for (const { fault, count } of counts.values()) {
        rejections.push({ count, reason: reasonText(metricName, fault, count) });
      }
    }
    return rejections;
  }
}

/** `metric http.latency: summaries are not stored yet (3 points refused); send histograms or gauges` */
function reasonText(metricName: string, fault: Fault, count: number): string {
  const subject = metricName === '' ? 'unnamed metric' : `metric ${metricName}`;
  const hint = fault.hint === undefined ? '' : `; ${fault.hint}`;
  return `${subject}: ${fault.problem} (${count} ${count === 1 ? 'point' : 'points'} refused)${hint}`;
}

/** Bounds the answer: senders log the message, and a response may not exceed 4 MiB. */
const MAX_MESSAGE_LENGTH = 4_096;

/**
 * All rejections of a request in the form of an OTLP partial success.
 *
 * @returns null when nothing was refused; otherwise the total and one message, cut to 4,096 characters.
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
      message += `${named === 0 ? '' : '. '}${reason.slice(0, MAX_MESSAGE_LENGTH)}`;
      named++;
    }
  }
  const unnamed = rejections.length - named;
  return { rejected, message: unnamed === 0 ? message : `${message}. And ${unnamed} more reasons.` };
}
