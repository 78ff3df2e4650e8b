import type { Provider, ProviderReport, RejectedProvider } from './provider-report.js';

/** How a process ended that should not have. */
export interface Death {
  /** A part of a sentence: "was killed by SIGSEGV". */
  readonly reason: string;
  /** The provider that it ran on, or `null` when it never was ready. */
  readonly ran: Provider | null;
  /** The provider that it was trying when it died. */
  readonly trying: Provider | null;
}

const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 30_000;
/** A provider under which processes died so often, without one answer in between, is taken for broken. */
const DEATHS_BEFORE_EXCLUDED = 4;
/** After so many starts that died one after another, requests are refused instead of kept waiting. */
const STARTS_BEFORE_FAILED = 5;

/** What the deaths of a process teach: what not to try again, and how long to wait before the next start. */
export class DeathRecord {
  /** Providers that killed a process: not to be tried again. */
  excluded: readonly RejectedProvider[] = [];
  /** What the last process settled on: the next takes it again. */
  settled: ProviderReport | null = null;
  private readonly wanted: Provider | 'auto';
  private inARow = 0;
  private starts = 0;

  constructor(wanted: Provider | 'auto') {
    this.wanted = wanted;
  }

  /** Whether starts have died so often that whoever waits should be told. */
  get hopeless(): boolean {
    return this.starts >= STARTS_BEFORE_FAILED;
  }

  /** A process is ready. */
  started(report: ProviderReport): void {
    this.settled = report;
    this.starts = 0;
  }

  /** A process answered a request. */
  answered(): void {
    this.inARow = 0;
  }

  /** A process died; how many milliseconds to wait before the next is started. */
  died({ reason, ran, trying }: Death): number {
    this.inARow++;
    if (ran === null) {
      this.starts++;
    }
    if (trying !== null && trying !== 'cpu') {
      this.exclude(trying, `a process that tried it ${reason}`);
    } else if (
      this.wanted === 'auto' &&
      ran !== null &&
      ran !== 'cpu' &&
      this.inARow >= DEATHS_BEFORE_EXCLUDED
    ) {
      this.exclude(ran, `a process that ran on it ${reason}, ${this.inARow} times in a row`);
    }
    return Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.max(0, this.inARow - 1));
  }

  private exclude(provider: Provider, reason: string): void {
    this.excluded = [...this.excluded, { provider, reason }];
    this.settled = null;
    this.inARow = 0;
    this.starts = 0;
  }
}
