import type { ReceiverTraits } from '@tidewatch/alerts';
import {
  openChannel,
  openDestination,
  receiverTraits,
  type Channel,
  type ChannelOptions,
} from '@tidewatch/channels';
import { readRules, readSecret, type Config, type Environment, type Rules } from '@tidewatch/config';
import { errorMessage, formatProblem, isAppError } from '@tidewatch/core';
import type { Logger } from 'pino';
import type { ChannelSource } from './notify/delivery/destinations.js';

/** How many ways to places that the rules know no more are kept open. */
const MOST_FORMER = 100;

/** The rules of the running process, with an open channel for every receiver they name. */
export class RulesInForce implements ChannelSource {
  private readonly environment: Environment;
  private readonly logger: Logger;
  private readonly options: ChannelOptions;
  private rules: Rules;
  private reloads = 0;
  private opened: ReadonlyMap<string, Channel>;
  private known: ReadonlyMap<string, ReceiverTraits>;
  /** By stored destination: where something was opened that the rules lead to no more. */
  private readonly former = new Map<string, Channel | undefined>();

  /**
   * @param options what channels send with
   * @throws AppError `config.secret-missing`, `channels.bad-address` when a receiver cannot be opened
   */
  constructor(
    rules: Rules,
    { environment, logger }: { readonly environment: Environment; readonly logger: Logger },
    options: ChannelOptions,
  ) {
    this.environment = environment;
    this.logger = logger;
    this.options = options;
    this.rules = rules;
    this.opened = this.openChannels(rules);
    this.known = traitsOf(rules);
    this.warn();
  }

  get current(): Rules {
    return this.rules;
  }

  /** Rises with every reload. */
  get revision(): number {
    return this.reloads;
  }

  /** Open channels by receiver name. */
  get channels(): ReadonlyMap<string, Channel> {
    return this.opened;
  }

  /** What is known of each receiver, by name. */
  get receivers(): ReadonlyMap<string, ReceiverTraits> {
    return this.known;
  }

  channelFor(receiver: string, destination: string): Channel | undefined {
    // What cannot be opened as it was is tried where the name leads now.
    return this.formerAt(receiver, destination) ?? this.opened.get(receiver);
  }

  destinationOf(receiver: string, destination: string): string {
    const isFormer = this.formerAt(receiver, destination) !== undefined;
    return isFormer ? destination : (this.known.get(receiver)?.destination ?? '');
  }

  /** The way to where a receiver led once; `undefined` when it leads there still, or that cannot be opened any more. */
  private formerAt(receiver: string, destination: string): Channel | undefined {
    if (destination === '' || this.known.get(receiver)?.destination === destination) {
      return undefined;
    }
    if (!this.former.has(destination)) {
      this.keepFormer(receiver, destination);
    }
    return this.former.get(destination);
  }

  /**
   * Reads the rule files again. Rules with a problem leave the old ones in force.
   *
   * @returns the problem, or `null`
   */
  reload(config: Config): string | null {
    try {
      const next = readRules(config.rulesDir, config.rulesDirNamed);
      const before = this.opened;
      this.opened = this.openChannels(next);
      this.known = traitsOf(next);
      this.rules = next;
      this.former.clear();
      this.reloads += 1;
      this.warn();
      this.logger.info({ files: next.files }, 'rules reloaded');
      void this.closeAll([...before.values()]);
      return null;
    } catch (error) {
      const reason = isAppError(error) ? error.explanation : errorMessage(error);
      this.logger.error({ reason }, 'the rules were not reloaded; the old ones stay in force');
      return reason;
    }
  }

  /** Frees the connections of all channels. */
  async close(): Promise<void> {
    await this.closeAll([...this.opened.values(), ...this.former.values()]);
  }

  private async closeAll(channels: readonly (Channel | undefined)[]): Promise<void> {
    for (const channel of channels) {
      await channel?.close?.().catch((error: unknown) => {
        this.logger.warn({ error: errorMessage(error) }, 'a channel did not close cleanly');
      });
    }
  }

  private openChannels(rules: Rules): ReadonlyMap<string, Channel> {
    return new Map(
      rules.receivers.map((receiver) => [
        receiver.name,
        openChannel(receiver, (reference) => readSecret(this.environment, reference), this.options),
      ]),
    );
  }

  private keepFormer(receiver: string, destination: string): void {
    if (this.former.size >= MOST_FORMER) {
      this.former.clear();
    }
    try {
      const read = (reference: Parameters<typeof readSecret>[1]) => readSecret(this.environment, reference);
      this.former.set(destination, openDestination(destination, read, this.options));
    } catch (error) {
      this.former.set(destination, undefined);
      this.logger.warn(
        { receiver, reason: errorMessage(error) },
        'where a message was opened cannot be reached any more; its end goes to where the receiver leads now',
      );
    }
  }

  /** Says what the rules get wrong without it being a reason to refuse them. */
  private warn(): void {
    for (const warning of this.rules.warnings) {
      this.logger.warn({ rule: formatProblem(warning) }, 'a rule is read otherwise than it may be meant');
    }
  }
}

function traitsOf(rules: Rules): ReadonlyMap<string, ReceiverTraits> {
  return new Map(rules.receivers.map((receiver) => [receiver.name, receiverTraits(receiver)]));
}
