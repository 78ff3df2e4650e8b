import { expect } from '@jest/globals';
import { AppError } from '@tidewatch/core';
import type {
  Channel,
  ChannelOptions,
  DeliveryResult,
  Notification,
  SecretReader,
} from '../../libs/channels/src/channel.js';
import {
  createOutboundClient,
  type ClosableOutboundClient,
} from '../../libs/channels/src/outbound/create-outbound-client.js';
import { openChannel } from '../../libs/channels/src/receiver.js';
import type { ContractBench, ContractSubject } from './contract-bench.js';

const TIMEOUT_MS = 5_000;

/** One started bench with an open channel, for the length of one test. */
export class ContractRun {
  readonly subject: ContractSubject;
  readonly bench: ContractBench;
  private readonly clients: ClosableOutboundClient[] = [];
  private readonly channels: Channel[] = [];

  private constructor(subject: ContractSubject, bench: ContractBench) {
    this.subject = subject;
    this.bench = bench;
  }

  static async start(subject: ContractSubject): Promise<ContractRun> {
    return new ContractRun(subject, await subject.start());
  }

  readonly readSecret: SecretReader = ({ env = '' }) => {
    const secret = this.bench.secrets[env];
    if (secret === undefined) {
      throw new AppError({ code: 'config.secret-missing', message: `${env} is not set.` });
    }
    return secret;
  };

  /** Options of a channel that may reach this machine, or the given destinations. */
  options(timeoutMs = TIMEOUT_MS, privateDestinations: readonly string[] = ['127.0.0.1']): ChannelOptions {
    const outbound = createOutboundClient({ privateDestinations });
    this.clients.push(outbound);
    return { outbound, timeoutMs, ...this.bench.channelOptions };
  }

  open(options = this.options()): Channel {
    return this.keep(openChannel(this.bench.receiver, this.readSecret, options));
  }

  /** Closes the channel at the end too. */
  keep(channel: Channel): Channel {
    this.channels.push(channel);
    return channel;
  }

  /** Delivers through a channel of its own. */
  deliver(notification: Notification): Promise<DeliveryResult> {
    return this.open().deliver(notification);
  }

  /** Delivers, expects success, and gives what the channel wants to be told next time. */
  async succeed(notification: Notification, channel = this.open()): Promise<string | null> {
    const result = await channel.deliver(notification);
    expect(result).toMatchObject({ outcome: 'delivered' });
    this.expectNoSecret(result);
    const ref = result.outcome === 'delivered' ? (result.ref ?? null) : null;
    expect(ref?.length ?? 0).toBeLessThanOrEqual(2_000);
    // What stays out stays out: the channel keeps the name that it gave.
    return ref ?? notification.ref;
  }

  expectNoSecret(value: unknown): void {
    const text = JSON.stringify(value);
    for (const secret of this.bench.secretTexts) {
      expect(text).not.toContain(secret);
      expect(text).not.toContain(encodeURIComponent(secret));
    }
  }

  states(): string[] {
    return this.bench.objects().map(({ state }) => state);
  }

  /** Every text of every object, as a person reads it: without the escaping of HTML, mrkdwn and Markdown. */
  text(): string {
    return readable(this.bench.objects().flatMap(({ texts }) => texts));
  }

  async close(): Promise<void> {
    for (const channel of this.channels) {
      await channel.close?.();
    }
    this.clients.forEach((client) => client.close());
    await this.bench.close();
  }
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
};

/** Takes out the escaping of HTML, mrkdwn, Markdown and JSON, and the breaking of lines. */
export function readable(texts: readonly string[]): string {
  return texts
    .join('\n')
    .replace(/&#x([0-9a-f]+);/gi, (_all, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)))
    .replace(/&#(\d+);/g, (_all, decimal: string) => String.fromCodePoint(Number(decimal)))
    .replace(/&(amp|lt|gt|quot|apos|nbsp);/g, (_all, name: string) => ENTITIES[name] ?? '')
    .replaceAll('\\', '')
    .replace(/\s+/g, ' ');
}
