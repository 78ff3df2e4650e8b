import type { VerdictRow } from '@tidewatch/store';

/** An unchanged verdict is written again after this long. */
const REPEAT_MS = 300_000;

/** What decides whether a verdict has changed. */
interface Verdict {
  readonly group: string;
  readonly windowEnd: number;
  readonly state: string;
  readonly severity?: string;
}

/** Remembers which verdicts are stored: they are written when they change, and every five minutes. */
export class WrittenVerdicts {
  private readonly rules = new Map<string, Map<string, { readonly text: string; readonly at: number }>>();

  /** Whether a verdict has to be written. */
  isDue(rule: string, verdict: Verdict): boolean {
    const known = this.rules.get(rule)?.get(verdict.group);
    return known === undefined || known.text !== textOf(verdict) || verdict.windowEnd - known.at >= REPEAT_MS;
  }

  /** Takes note of rows that were stored. */
  note(rows: readonly VerdictRow[]): void {
    for (const { rule, subject, windowEnd, state, severity } of rows) {
      const groups = this.rules.get(rule) ?? new Map<string, { text: string; at: number }>();
      groups.set(subject, { text: textOf({ group: subject, windowEnd, state, severity }), at: windowEnd });
      this.rules.set(rule, groups);
    }
  }

  /** Lets go of a rule that is no more. */
  forget(rule: string): void {
    this.rules.delete(rule);
  }
}

function textOf({ state, severity = state === 'alarm' ? 'ticket' : '' }: Verdict): string {
  return `${state} ${severity}`;
}
