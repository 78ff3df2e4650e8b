import {
  createOutboundClient,
  inboundSecretOf,
  openActionSender,
  type ActionGate,
  type ActionSender,
  type ChannelOptions,
  type OutboundClient,
} from '@tidewatch/channels';
import { readSecret, type Config, type Environment, type Rules } from '@tidewatch/config';
import { errorMessage } from '@tidewatch/core';
import type { Store } from '@tidewatch/store';
import type { Logger } from 'pino';
import { RulesInForce } from '../rules-in-force.js';
import { openActions, type ActionRuns } from './actions/action-runs.js';
import { ChartLinks } from './context/chart-links.js';
import { readLinkSecret } from './context/link-secret.js';
import { NotificationContexts } from './context/notification-context.js';
import type { InboundSecretValue } from './inbound/inbound-runtime.js';
import { SuppressionFeed } from './suppression-sources.js';

/** The way out of the process, and the rules with a channel for every receiver. Needs no store. */
export interface Outwards {
  readonly rules: RulesInForce;
  readonly outbound: OutboundClient;
  readonly channelOptions: ChannelOptions;
  /** Lets the channels of actions ask: which may run is known once the store is open. */
  useGate(gate: ActionGate): void;
  /** Frees all connections. */
  close(): Promise<void>;
}

/**
 * Opens the channels of the rules.
 *
 * @throws AppError `config.secret-missing`, `channels.bad-address`, `channels.bad-secret` when a receiver cannot be opened
 */
export function openOutwards(
  rules: Rules,
  { config, environment, logger }: { config: Config; environment: Environment; logger: Logger },
): Outwards {
  const outbound = createOutboundClient({ privateDestinations: config.privateDestinations });
  const late: { gate?: ActionGate } = {};
  const gate = (): ActionGate => {
    if (late.gate === undefined) {
      throw new Error('An action was asked for before the store was open.');
    }
    return late.gate;
  };
  const channelOptions: ChannelOptions = {
    outbound,
    actionGate: {
      liveDeployments: (place) => gate().liveDeployments(place),
      ask: (request) => gate().ask(request),
      finished: (run, result, at) => gate().finished(run, result, at),
    },
  };
  const inForce = new RulesInForce(rules, { environment, logger }, channelOptions);
  return {
    rules: inForce,
    outbound,
    channelOptions,
    close: async () => {
      await inForce.close();
      outbound.close();
    },
    useGate: (opened) => {
      late.gate = opened;
    },
  };
}

/** What messages are made of and what keeps them back, over the store. */
export interface Notifying {
  readonly suppressions: SuppressionFeed;
  readonly contexts: NotificationContexts;
  readonly actions: ActionRuns;
  readonly inboundSecrets: (receiver: string) => InboundSecretValue | undefined;
}

/**
 * Opens what notifying needs of the store.
 *
 * @throws AppError `config.link-secret`
 */
export function openNotifying(
  store: Store,
  outwards: Outwards,
  { config, environment, logger }: { config: Config; environment: Environment; logger: Logger },
): Notifying {
  const { rules, channelOptions } = outwards;
  const readNamed = (reference: Parameters<typeof readSecret>[1]): string =>
    readSecret(environment, reference);
  const receiverNamed = (name: string) => rules.current.receivers.find((each) => each.name === name);
  const actions = openActions(store, {
    senderOf: (name): ActionSender | null => {
      const receiver = receiverNamed(name);
      if (receiver?.spec.type !== 'action' || !receiver.spec.enabled) {
        return null;
      }
      try {
        return openActionSender(receiver.spec, readNamed, channelOptions);
      } catch (error) {
        logger.error({ receiver: name, error: errorMessage(error) }, 'an action cannot be sent');
        return null;
      }
    },
    logger,
  });
  outwards.useGate(actions);
  const secret = readLinkSecret(config.linkSecretFile, config.dataDir);
  return {
    suppressions: new SuppressionFeed({ store, rules: () => rules.current, logger }),
    contexts: new NotificationContexts({
      store,
      addresses: config,
      links: new ChartLinks(secret, config.consoleUrl),
      logger,
    }),
    actions,
    inboundSecrets: (name) => {
      const receiver = receiverNamed(name);
      const named = receiver === undefined ? undefined : inboundSecretOf(receiver);
      return named === undefined ? undefined : { kind: named.kind, secret: readNamed(named.reference) };
    },
  };
}
