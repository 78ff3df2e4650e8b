import type { Rejection } from '../metrics/batch.js';
import type { ResourceScope } from './resource-scope.js';

/** Why items are refused. The texts reach the sender's developer. */
export interface ItemFault {
  /** What is wrong with the items, `spans without a start time`. */
  readonly problem: string;
  /** What to do about it, where that is not obvious. */
  readonly hint?: string;
}

/** Counts refused spans or records by reason while a request is decoded. */
export class RefusalLog {
  private readonly noun: 'span' | 'record';
  private readonly counts = new Map<string, { fault: ItemFault; scopeIndex: number; count: number }>();

  /** @param noun what is refused */
  constructor(noun: 'span' | 'record') {
    this.noun = noun;
  }

  /** Notes that one item of a block was refused; true when it is the first for this reason, which names the block. */
  add(fault: ItemFault, scopeIndex: number): boolean {
    const entry = this.counts.get(fault.problem);
    if (entry === undefined) {
      this.counts.set(fault.problem, { fault, scopeIndex, count: 1 });
    } else {
      entry.count++;
    }
    return entry === undefined;
  }

  /**
   * One rejection per reason, in order of first occurrence, that names the service of the first item:
   * `spans without a start time (3 spans refused, the first from service checkout)`.
   */
  finish(scopes: readonly ResourceScope[]): Rejection[] {
    return [...this.counts.values()].map(({ fault, scopeIndex, count }) => {
      const service = scopes[scopeIndex]?.serviceName ?? '';
      const refused = `${count} ${this.noun}${count === 1 ? '' : 's'} refused`;
      // A name is the sender's text: it may be a megabyte long.
      const from =
        service === '' ? '' : `${count === 1 ? '' : ', the first'} from service ${service.slice(0, 100)}`;
      const hint = fault.hint === undefined ? '' : `; ${fault.hint}`;
      return { count, reason: `${fault.problem} (${refused}${from})${hint}` };
    });
  }
}
