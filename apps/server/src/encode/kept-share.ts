import { createHash } from 'node:crypto';

const MINUTE_MS = 60_000;

/** Which share of raw inputs a rule keeps. */
export interface KeepRule {
  readonly share: number;
  readonly maximumPerMinute: number;
}

/**
 * Chooses the inputs that are kept: by a hash of the prediction id, so that an input encoded twice is chosen twice or never, and
 * no more than the rule's number in any minute.
 */
export class KeptShare {
  private readonly minutes = new Map<string, { minute: number; taken: Set<string> }>();

  /** Whether this input is kept. */
  takes(
    rule: string,
    { share, maximumPerMinute }: KeepRule,
    input: { readonly predictionId: string; readonly receivedAt: number },
  ): boolean {
    if (fractionOf(input.predictionId) >= share) {
      return false;
    }
    const minute = Math.floor(input.receivedAt / MINUTE_MS);
    const before = this.minutes.get(rule);
    const current = before?.minute === minute ? before : { minute, taken: new Set<string>() };
    this.minutes.set(rule, current);
    if (!current.taken.has(input.predictionId) && current.taken.size >= maximumPerMinute) {
      return false;
    }
    current.taken.add(input.predictionId);
    return true;
  }
}

/** A number in [0, 1) that depends on the id alone. */
function fractionOf(id: string): number {
  return createHash('sha256').update(id).digest().readUInt32BE(0) / 2 ** 32;
}
