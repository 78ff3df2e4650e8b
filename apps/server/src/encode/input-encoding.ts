import { errorMessage, isAppError } from '@tidewatch/core';
import { maskInput, type EncodedInput, type Encoder } from '@tidewatch/encoder';
import type { EncodedRow, EncoderIdentity, KeptInput, PendingInput, Store } from '@tidewatch/store';
import type { Logger } from 'pino';
import type { EncodersInForce, EncoderState } from './encoders-in-force.js';
import { KeptShare } from './kept-share.js';

/** Inputs taken at once: several batches of every encoder, and no more bytes than a server can hold beside its other work. */
const ROUND = { rows: 1_024, bytes: 33_554_432 } as const;
/** Finished inputs are removed this often. */
const DROP_MS = 60_000;

type OpenEncoder = Extract<EncoderState, { readonly kind: 'open' }>;

/** What became of one round. */
export interface Round {
  readonly taken: number;
  readonly encoded: number;
}

/**
 * Turns waiting inputs into vectors: takes the oldest, has them encoded, stores vectors and image features, and only then marks
 * the inputs as done. Whatever happens in between, an input is either done or still waiting.
 */
export class InputEncoding {
  private readonly store: Pick<Store, 'encoding'>;
  private readonly encoders: EncodersInForce;
  private readonly logger: Logger;
  private readonly kept = new KeptShare();
  private droppedAt = 0;

  constructor(store: Pick<Store, 'encoding'>, encoders: EncodersInForce, logger: Logger) {
    this.store = store;
    this.encoders = encoders;
    this.logger = logger;
  }

  /** Encodes waiting inputs until none is left or `signal` aborts. */
  async work(now: number, signal: AbortSignal): Promise<void> {
    for (;;) {
      const { encoded } = await this.round(signal);
      if (encoded === 0 || signal.aborted) {
        break;
      }
    }
    if (now - this.droppedAt >= DROP_MS) {
      this.droppedAt = now;
      await this.store.encoding.dropFinished(now);
    }
  }

  /** Takes the oldest waiting inputs once. Those whose encoder is not ready are left waiting. */
  async round(signal: AbortSignal): Promise<Round> {
    this.encoders.revive();
    const pending = await this.store.encoding.pending({ ...ROUND, skip: this.encoders.notReady() });
    const groups = new Map<OpenEncoder | null, PendingInput[]>();
    for (const input of pending) {
      const state = this.encoders.of(input.project, input.model, input.name);
      // Without a rule nobody will ever encode it.
      const encoder = state === null || state.kind === 'open' ? state : undefined;
      if (encoder !== undefined) {
        groups.set(encoder, [...(groups.get(encoder) ?? []), input]);
      }
    }
    const done = await Promise.all(
      [...groups].map(([encoder, inputs]) =>
        encoder === null ? this.skip(inputs) : this.encode(encoder, inputs, signal),
      ),
    );
    return { taken: pending.length, encoded: done.reduce((sum, count) => sum + count, 0) };
  }

  private async skip(inputs: readonly PendingInput[]): Promise<number> {
    const rows = inputs.map((input): EncodedRow => ({
      ...input,
      outcome: { refused: `no Encoder rule names the input "${input.name}" of model ${input.model}` },
    }));
    await this.store.encoding.store(rows, []);
    return rows.length;
  }

  private async encode(
    { encoder, identity }: OpenEncoder,
    inputs: readonly PendingInput[],
    signal: AbortSignal,
  ): Promise<number> {
    let outcomes: readonly EncodedInput[];
    try {
      outcomes = await encoder.encode(inputs, signal);
    } catch (error) {
      // The inputs wait in ClickHouse: the next round takes them again.
      if (!signal.aborted && !isAppError(error, 'encoder.cancelled', 'encoder.closed')) {
        this.logger.warn(
          { encoder: encoder.rule.name, inputs: inputs.length, reason: errorMessage(error) },
          'inputs could not be encoded; they wait and are tried again',
        );
      }
      return 0;
    }
    const rows = inputs.map((input, index): EncodedRow => ({
      ...input,
      outcome: outcomeOf(outcomes[index]!, input, identity),
    }));
    await this.store.encoding.store(rows, await this.keep(encoder, inputs));
    return rows.length;
  }

  /** The share of inputs that the rule keeps, without what the client marked as private. */
  private async keep({ rule }: Encoder, inputs: readonly PendingInput[]): Promise<KeptInput[]> {
    const { keepInputs } = rule;
    if (keepInputs === null) {
      return [];
    }
    const chosen = inputs.filter((input) => this.kept.takes(rule.name, keepInputs, input));
    const copies = await Promise.all(
      chosen.map(async (input): Promise<KeptInput[]> => {
        try {
          return [{ ...input, ...(await maskInput(input, keepInputs.privacy)) }];
        } catch (error) {
          // What cannot be masked is not kept.
          this.logger.warn({ encoder: rule.name, reason: errorMessage(error) }, 'an input was not kept');
          return [];
        }
      }),
    );
    return copies.flat();
  }
}

/** A vector with what made it; the share of the image that the client says is covered is a feature like those computed. */
function outcomeOf(
  outcome: EncodedInput,
  { occlusionRate }: PendingInput,
  encoder: EncoderIdentity,
): EncodedRow['outcome'] {
  if ('refused' in outcome) {
    return outcome;
  }
  const covered: Record<string, number> = occlusionRate === null ? {} : { occlusion_rate: occlusionRate };
  return { vector: outcome.vector, features: { ...outcome.features, ...covered }, encoder };
}
