import { openChannel, type Channel } from '@tidewatch/channels';
import { readRules, readSecret, type Config, type Environment, type Rules } from '@tidewatch/config';
import { errorMessage, formatProblem, isAppError } from '@tidewatch/core';
import type { Logger } from 'pino';

/** The rules of the running process, with an open channel for every receiver they name. */
export class RulesInForce {
  private readonly environment: Environment;
  private readonly logger: Logger;
  private rules: Rules;
  private opened: ReadonlyMap<string, Channel>;

  /** @throws AppError `config.secret-missing`, `channels.bad-address` when a receiver cannot be opened */
  constructor(rules: Rules, environment: Environment, logger: Logger) {
    this.environment = environment;
    this.logger = logger;
    this.rules = rules;
    this.opened = openChannels(rules, environment);
    this.warn();
  }

  get current(): Rules {
    return this.rules;
  }

  /** Open channels by receiver name. */
  get channels(): ReadonlyMap<string, Channel> {
    return this.opened;
  }

  /**
   * Reads the rule files again. Rules with a problem leave the old ones in force.
   *
   * @returns the problem, or `null`
   */
  reload(config: Config): string | null {
    try {
      const next = readRules(config.rulesDir, config.rulesDirNamed);
      this.opened = openChannels(next, this.environment);
      this.rules = next;
      this.warn();
      this.logger.info({ files: next.files }, 'rules reloaded');
      return null;
    } catch (error) {
      const reason = isAppError(error) ? error.explanation : errorMessage(error);
      this.logger.error({ reason }, 'the rules were not reloaded; the old ones stay in force');
      return reason;
    }
  }

  /** Says what the rules get wrong without it being a reason to refuse them. */
  private warn(): void {
    for (const warning of this.rules.warnings) {
      this.logger.warn({ rule: formatProblem(warning) }, 'a rule is read otherwise than it may be meant');
    }
  }
}

function openChannels(rules: Rules, environment: Environment): ReadonlyMap<string, Channel> {
  return new Map(
    rules.receivers.map((receiver) => [
      receiver.name,
      openChannel(receiver, (reference) => readSecret(environment, reference)),
    ]),
  );
}
