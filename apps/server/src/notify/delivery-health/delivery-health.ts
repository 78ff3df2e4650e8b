import type { DeliveryFigures, DeliveryFiguresRepository } from '@tidewatch/store';

/** Pages that are attempted in time, of all: the objective that alerting holds itself to. */
export const DELIVERY_OBJECTIVE = 0.999;
/** From being due to the first attempt, ms. */
export const DELIVERY_WITHIN_MS = 30_000;

const WINDOWS = [
  { window: '1h', windowMs: 3_600_000 },
  { window: '24h', windowMs: 86_400_000 },
  { window: '28d', windowMs: 28 * 86_400_000 },
] as const;
const CACHED_MS = 30_000;

/** How messages that were due in one window fared. Times in ms; `null` where there is nothing to tell. */
export interface DeliveryWindow {
  readonly window: (typeof WINDOWS)[number]['window'];
  /** Pages that were due and can be judged. */
  readonly pages: number;
  readonly pagesOnTime: number;
  /** Of the pages, those on time: 0 to 1. */
  readonly onTimeShare: number | null;
  /** How many times faster than the objective allows pages are late; 1 is exactly as many as it allows. */
  readonly burn: number | null;
  readonly worstMs: number | null;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  /** Messages of all kinds that were due. */
  readonly messages: number;
  readonly delivered: number;
  readonly deadLetters: number;
  /** Messages that were due and whose end is open. */
  readonly pending: number;
  /** Of the messages whose end is known, those delivered: 0 to 1. */
  readonly deliveredShare: number | null;
}

/** How well messages reach people. */
export interface DeliveryReport {
  readonly slo: {
    readonly objective: number;
    readonly withinMs: number;
    /** The shortest first. */
    readonly windows: readonly DeliveryWindow[];
  };
  /** By name; those with a message in the longest window. */
  readonly receivers: readonly { readonly receiver: string; readonly windows: readonly DeliveryWindow[] }[];
}

/** Alerting watched by itself: the service level of pages, from what is stored of every message. */
export class DeliveryHealth {
  private readonly figures: DeliveryFiguresRepository;
  private readonly now: () => number;
  private readonly cache = new Map<
    string,
    { readonly at: number; readonly report: Promise<DeliveryReport> }
  >();

  /** @param now ms since the epoch; the system's clock unless a test says otherwise */
  constructor(figures: DeliveryFiguresRepository, now: () => number = Date.now) {
    this.figures = figures;
    this.now = now;
  }

  /** The report on one project, at most 30 s old. */
  report(project: string): Promise<DeliveryReport> {
    const now = this.now();
    const cached = this.cache.get(project);
    if (cached !== undefined && now - cached.at < CACHED_MS && now >= cached.at) {
      return cached.report;
    }
    const report = this.read(project, now);
    const entry = { at: now, report };
    this.cache.set(project, entry);
    report.catch(() => {
      // A failure is not kept.
      if (this.cache.get(project) === entry) {
        this.cache.delete(project);
      }
    });
    return report;
  }

  private async read(project: string, now: number): Promise<DeliveryReport> {
    const windowsMs = WINDOWS.map(({ windowMs }) => windowMs);
    const rows = await this.figures.over(project, { now, windowsMs, withinMs: DELIVERY_WITHIN_MS });
    const receivers = [...new Set(rows.map(({ receiver }) => receiver))].filter((name) => name !== '').sort();
    return {
      slo: {
        objective: DELIVERY_OBJECTIVE,
        withinMs: DELIVERY_WITHIN_MS,
        windows: windowsOf(rows, ''),
      },
      receivers: receivers.map((receiver) => ({ receiver, windows: windowsOf(rows, receiver) })),
    };
  }
}

function windowsOf(rows: readonly DeliveryFigures[], receiver: string): DeliveryWindow[] {
  return WINDOWS.map(({ window, windowMs }) => {
    const row = rows.find((each) => each.receiver === receiver && each.windowMs === windowMs);
    const { pages = 0, pagesOnTime = 0, messages = 0, delivered = 0, rejected = 0 } = row ?? {};
    const onTimeShare = share(pagesOnTime, pages);
    return {
      window,
      ...{ pages, pagesOnTime, onTimeShare },
      burn: onTimeShare === null ? null : (1 - onTimeShare) / (1 - DELIVERY_OBJECTIVE),
      worstMs: row?.worstMs ?? null,
      p50Ms: row?.p50Ms ?? null,
      p99Ms: row?.p99Ms ?? null,
      ...{ messages, delivered, deadLetters: rejected, pending: messages - delivered - rejected },
      deliveredShare: share(delivered, delivered + rejected),
    };
  });
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
