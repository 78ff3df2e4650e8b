import { isAppError, type AppError, type RowBlock } from '@tidewatch/core';
import type { Journal, SeenRequest, Signal } from '@tidewatch/journal';
import {
  decodeLogs,
  decodeLogsSteps,
  decodeMetrics,
  decodeMetricsSteps,
  decodeTraces,
  decodeTracesSteps,
  summariseRejections,
  type MetricBatch,
  type OtlpEncoding,
  type PartialSuccess,
  type Rejection,
  type StorableTimes,
} from '@tidewatch/otlp';
import type { Store } from '@tidewatch/store';
import type { Reservation } from './admission.js';
import { requestId } from './request-id.js';
import { KEEP_ALL, type Sampling } from './sampling.js';
import type { SeriesCaches } from './series-caches.js';
import { Lane, runInTurns } from './turn-taking.js';

/** Points further ahead than this have a wrong clock behind them. */
const MAXIMUM_FUTURE_MS = 600_000;
const DAY_MS = 86_400_000;

/** Larger bodies are decoded in turns with other work and one at a time, because decoding takes memory of its own. */
const LARGE_BODY_BYTES = 524_288;

/** How long a full journal is taken to stay full: decoding what cannot be written helps nobody. */
const FULL_MS = 250;

/** The signals of OTLP. */
export type OtlpSignal = 'metrics' | 'traces' | 'logs';

/** One export request, decompressed. */
export interface OtlpRequest {
  readonly signal: OtlpSignal;
  readonly encoding: OtlpEncoding;
  readonly project: string;
  readonly body: Uint8Array;
  /** The memory reserved for it; made to follow what the request really holds. */
  readonly reservation?: Reservation;
}

/** Items on their way into the journal. */
export interface DecodedItems {
  readonly id: Uint8Array;
  readonly project: string;
  readonly signal: Signal;
  readonly items: number;
  readonly rejected: number;
  readonly blocks: readonly RowBlock[];
  readonly reservation?: Reservation | undefined;
}

export interface IngestPipelineOptions {
  readonly journal: Journal;
  readonly store: Pick<Store, 'metrics' | 'traces' | 'logs'>;
  readonly seriesCaches: SeriesCaches;
  /** Older points are refused: they would be dropped by retention at once. */
  readonly retentionDays: number;
  readonly sampling?: Sampling;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * The way of every signal from a request's bytes to the journal. What it has answered is on disk.
 *
 * A request that has been seen within the journal's window is not stored again; it gets the answer of the first one.
 */
export class IngestPipeline {
  readonly journal: Journal;
  readonly seriesCaches: SeriesCaches;
  readonly sampling: Sampling;
  private readonly store: IngestPipelineOptions['store'];
  private readonly retentionMs: number;
  private readonly now: () => number;
  private readonly largeBodies = new Lane();
  private full: { readonly error: AppError; readonly until: number } | null = null;

  constructor(options: IngestPipelineOptions) {
    this.journal = options.journal;
    this.seriesCaches = options.seriesCaches;
    this.sampling = options.sampling ?? KEEP_ALL;
    this.store = options.store;
    this.retentionMs = options.retentionDays * DAY_MS;
    this.now = options.now;
  }

  /**
   * Stores an OTLP export request.
   *
   * @returns what was refused and why; `null` when everything was taken
   * @throws AppError `otlp.malformed`, or a retryable one of the journal
   */
  async ingestOtlp(request: OtlpRequest): Promise<PartialSuccess | null> {
    const { project, signal, body } = request;
    const digest = requestId(project, `/v1/${signal}`, body);
    const id = digest instanceof Promise ? await digest : digest;
    const seen = this.journal.lookup(id);
    if (seen !== null) {
      await this.countAgain(signal, seen);
      return repeatedRefusal(seen);
    }
    this.refuseWhileFull();
    switch (signal) {
      case 'metrics':
        return this.ingestMetricBatch(project, await this.decodeMetrics(request), id, request.reservation);
      case 'traces':
        return this.ingestTraces(request, id);
      case 'logs':
        return this.ingestLogs(request, id);
    }
  }

  /**
   * Stores decoded metrics.
   *
   * @param id 16 bytes that no other request has, and that the same one has again when it is repeated
   * @returns what was refused and why; `null` when everything was taken
   * @throws AppError a retryable one of the journal
   */
  async ingestMetricBatch(
    project: string,
    batch: MetricBatch,
    id: Uint8Array,
    reservation?: Reservation,
  ): Promise<PartialSuccess | null> {
    const blocks = batch.accepted === 0 ? [] : this.store.metrics.encode(project, batch);
    return this.finish(batch, { id, project, signal: 'metrics', blocks, reservation });
  }

  /**
   * Writes items that somebody else has decoded; resolves when they are on disk. Items of a request that has become known
   * in the meantime are counted as duplicates.
   */
  async append(decoded: DecodedItems): Promise<void> {
    const { id, project, signal, items, rejected, blocks } = decoded;
    decoded.reservation?.resize(blocks.reduce((sum, { bytes }) => sum + bytes.byteLength, 0));
    if (items > 0) {
      try {
        await this.journal.append({ id, project, signal, items, rejected, blocks });
      } catch (error) {
        this.afterFailedAppend(error);
        throw error;
      }
    }
    if (rejected > 0) {
      this.journal.countRejected(signal, rejected);
    }
  }

  /** The first copy of a request, or `null`. Resolves when that copy is on disk; the items count as duplicates. */
  async seenBefore(signal: Signal, id: Uint8Array): Promise<SeenRequest | null> {
    const seen = this.journal.lookup(id);
    if (seen === null) {
      this.refuseWhileFull();
      return null;
    }
    await this.countAgain(signal, seen);
    return seen;
  }

  /** The times that may be stored, as of now. */
  storableTimes(): StorableTimes {
    const now = this.now();
    return { earliest: now - this.retentionMs, latest: now + MAXIMUM_FUTURE_MS };
  }

  private decodeMetrics(request: OtlpRequest): MetricBatch | Promise<MetricBatch> {
    const { body, encoding, project } = request;
    const context = {
      cache: this.seriesCaches.of(project),
      times: this.storableTimes(),
      day: Math.floor(this.now() / DAY_MS),
    };
    return this.isLarge(body)
      ? this.inTurns(decodeMetricsSteps(body, encoding, context))
      : decodeMetrics(body, encoding, context);
  }

  private async ingestTraces(request: OtlpRequest, id: Uint8Array): Promise<PartialSuccess | null> {
    const { body, encoding, project, reservation } = request;
    const context = { times: this.storableTimes() };
    const decoded = this.isLarge(body)
      ? await this.inTurns(decodeTracesSteps(body, encoding, context))
      : decodeTraces(body, encoding, context);
    const batch = this.sampling.spans(project, decoded);
    const blocks = batch.length === 0 ? [] : this.store.traces.encode(project, batch);
    return this.finish(batch, { id, project, signal: 'traces', blocks, reservation });
  }

  private async ingestLogs(request: OtlpRequest, id: Uint8Array): Promise<PartialSuccess | null> {
    const { body, encoding, project, reservation } = request;
    const context = { times: this.storableTimes(), now: this.now() };
    const decoded = this.isLarge(body)
      ? await this.inTurns(decodeLogsSteps(body, encoding, context))
      : decodeLogs(body, encoding, context);
    const batch = this.sampling.logs(project, decoded);
    const blocks = batch.length === 0 ? [] : this.store.logs.encode(project, batch);
    return this.finish(batch, { id, project, signal: 'logs', blocks, reservation });
  }

  private isLarge(body: Uint8Array): boolean {
    return body.length > LARGE_BODY_BYTES;
  }

  private inTurns<Batch>(steps: Generator<void, Batch>): Promise<Batch> {
    return this.largeBodies.run(() => runInTurns(steps));
  }

  private async finish(
    batch: { readonly accepted: number; readonly rejections: readonly Rejection[] },
    decoded: Omit<DecodedItems, 'items' | 'rejected'>,
  ): Promise<PartialSuccess | null> {
    const partial = summariseRejections(batch.rejections);
    await this.append({ ...decoded, items: batch.accepted, rejected: partial?.rejected ?? 0 });
    return partial;
  }

  private async countAgain(signal: Signal, seen: SeenRequest): Promise<void> {
    await seen.durable;
    this.journal.countDuplicate(signal, seen.items + seen.rejected);
  }

  /** The rows of new series were in the lost record: whoever mentions those series next has to bring them again. */
  private afterFailedAppend(error: unknown): void {
    this.seriesCaches.forget();
    this.store.metrics.forgetSeries();
    if (isAppError(error, 'journal.full', 'journal.disk-full')) {
      this.full = { error, until: this.now() + FULL_MS };
    }
  }

  private refuseWhileFull(): void {
    if (this.full !== null && this.now() < this.full.until) {
      throw this.full.error;
    }
    this.full = null;
  }
}

function repeatedRefusal(seen: SeenRequest): PartialSuccess | null {
  return seen.rejected === 0
    ? null
    : {
        rejected: seen.rejected,
        message: `This request has been received before; ${seen.rejected} of its items were refused then, for the reasons given then.`,
      };
}
