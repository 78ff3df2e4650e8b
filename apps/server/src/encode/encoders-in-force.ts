import { AppError, errorMessage, isAppError } from '@tidewatch/core';
import {
  loadModel,
  openEncoder,
  type Encoder,
  type EncoderRule,
  type EncoderStatus,
} from '@tidewatch/encoder';
import type { EncoderIdentity } from '@tidewatch/store';
import type { Logger } from 'pino';
import { projectOfRule } from '../evaluate/rule-project.js';
import { identityOf } from './encoder-identity.js';

/** An encoder that could not be loaded is tried again after so long: a download may work by then. */
const RETRY_MS = 30_000;

/** What an encoder is doing, or why it does nothing. */
export type EncoderState =
  | { readonly kind: 'loading' }
  | { readonly kind: 'open'; readonly encoder: Encoder; readonly identity: EncoderIdentity }
  | { readonly kind: 'failed'; readonly problem: string };

interface Entry {
  readonly rule: EncoderRule;
  /** What makes a rule the same: its text. */
  readonly fingerprint: string;
  state: EncoderState;
  retry: NodeJS.Timeout | null;
  closed: boolean;
}

/** Where models are found and kept. */
export interface EncoderFiles {
  readonly rulesDir: string;
  readonly dataDir: string;
}

/** The encoders that the rules ask for, each in a process of its own. */
export class EncodersInForce {
  private readonly files: EncoderFiles;
  private readonly logger: Logger;
  private entries: Entry[] = [];
  private readonly closing = new Set<Promise<void>>();

  constructor(files: EncoderFiles, logger: Logger) {
    this.files = files;
    this.logger = logger;
  }

  /** Opens the encoders of new and changed rules and closes those of rules that are gone. Unchanged ones go on. */
  use(rules: readonly EncoderRule[]): void {
    const before = this.entries;
    this.entries = rules.map((rule) => {
      const fingerprint = JSON.stringify(rule);
      return before.find((entry) => entry.fingerprint === fingerprint) ?? this.open(rule, fingerprint);
    });
    before.filter((entry) => !this.entries.includes(entry)).forEach((entry) => this.shut(entry));
  }

  /** The encoder for an input of a model; `null` when no rule asks for one. */
  of(project: string, model: string, input: string): EncoderState | null {
    const entry = this.entries.find(
      ({ rule }) => projectOfRule(rule) === project && rule.model === model && rule.input === input,
    );
    return entry?.state ?? null;
  }

  /** Opens again, after a while, those whose process has failed for good since it was ready. */
  revive(): void {
    for (const entry of this.entries) {
      const status = entry.state.kind === 'open' ? entry.state.encoder.status() : null;
      if (entry.state.kind === 'open' && status?.state === 'failed' && status.encoded + status.refused > 0) {
        const problem = new AppError({ code: 'encoder.failed', message: status.problem });
        this.failed(entry, entry.state.encoder, problem);
      }
    }
  }

  /** All rules with what their encoders do. */
  all(): readonly { readonly rule: EncoderRule; readonly state: EncoderState }[] {
    return this.entries;
  }

  /** Inputs whose encoder is loading or has failed: they wait, and must not keep others from being taken. */
  notReady(): { readonly project: string; readonly model: string; readonly name: string }[] {
    return this.entries
      .filter(({ state }) => state.kind !== 'open')
      .map(({ rule }) => ({ project: projectOfRule(rule), model: rule.model, name: rule.input }));
  }

  /** Ends all encoder processes. */
  async close(): Promise<void> {
    this.use([]);
    await Promise.allSettled(this.closing);
  }

  private open(rule: EncoderRule, fingerprint: string): Entry {
    const entry: Entry = { rule, fingerprint, state: { kind: 'loading' }, retry: null, closed: false };
    void this.load(entry);
    return entry;
  }

  private async load(entry: Entry): Promise<void> {
    let encoder: Encoder | null = null;
    try {
      const { path, sha256, rule } = await loadModel(entry.rule, this.files);
      const identity = await identityOf(rule, sha256);
      if (entry.closed) {
        return;
      }
      encoder = openEncoder({ rule, modelPath: path, sha256, logger: this.logger });
      entry.state = { kind: 'open', encoder, identity };
      const status = await encoder.ready();
      if (status.state === 'failed') {
        throw new AppError({ code: 'encoder.failed', message: status.problem });
      }
      this.tell(status);
    } catch (error) {
      this.failed(entry, encoder, error);
    }
  }

  /** An encoder that cannot be used is closed: the next attempt begins with the file. */
  private failed(entry: Entry, encoder: Encoder | null, error: unknown): void {
    const problem = isAppError(error) ? error.explanation : errorMessage(error);
    entry.state = { kind: 'failed', problem };
    if (encoder !== null) {
      this.keep(encoder.close());
    }
    if (!entry.closed) {
      this.logger.error({ encoder: entry.rule.name, reason: problem }, 'an encoder cannot be used');
      entry.retry = setTimeout(() => void this.load(entry), RETRY_MS);
      entry.retry.unref();
    }
  }

  private tell({ name, provider, sha256, dimension }: EncoderStatus): void {
    this.logger.info(
      {
        ...{ encoder: name, sha256, dimension },
        provider: provider?.provider,
        device: provider?.device,
        notUsed: provider?.rejected,
      },
      'an encoder is ready',
    );
  }

  private shut(entry: Entry): void {
    entry.closed = true;
    if (entry.retry !== null) {
      clearTimeout(entry.retry);
    }
    if (entry.state.kind === 'open') {
      this.keep(entry.state.encoder.close());
    }
  }

  private keep(closing: Promise<void>): void {
    this.closing.add(closing);
    const done = (): void => void this.closing.delete(closing);
    closing.then(done, done);
  }
}
