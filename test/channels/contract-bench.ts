import type { ChannelOptions } from '../../libs/channels/src/channel.js';
import type { Receiver } from '../../libs/channels/src/receiver.js';

/** What a real service would hold for one incident: an alert, a message with its thread, a ticket, a POST. */
export interface ContractObject {
  /** Tells objects apart; the same as long as the object lives. */
  readonly key: string;
  readonly state: 'open' | 'acknowledged' | 'closed';
  /** Every text that a person would read at it, oldest first. */
  readonly texts: readonly string[];
}

/** How requests are made to fail. `hang` never answers, `reset` closes the connection after reading the request. */
export type ContractFailure =
  | 'hang'
  | 'reset'
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    };

export interface FailureOptions {
  /** How many requests fail; default: all that follow. */
  readonly times?: number;
  /** Whether the service does its work before it fails; default false. */
  readonly afterEffect?: boolean;
}

/** A receiver and the stand-in that plays its service, running on this machine. */
export interface ContractBench {
  /** As `receiverSchema` gives it. */
  readonly receiver: Receiver;
  /** What the channel needs besides the usual; absent for nothing. */
  readonly channelOptions?: Partial<ChannelOptions>;
  /** What the receiver's secrets are, by name of the environment variable. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Every secret text that must never show up in a result, and that the stand-in has seen. */
  readonly secretTexts: readonly string[];
  /** What the real service would hold, oldest first. */
  objects(): readonly ContractObject[];
  /**
   * Breaches of the documented schema or limits seen so far, and effects that a text from outside must not have, such as
   * a mention or a header; must stay empty.
   */
  problems(): readonly string[];
  /** Makes the next requests fail. A later call replaces what is left of an earlier one. */
  fail(failure: ContractFailure, options?: FailureOptions): void;
  /** Requests received so far, failed ones included. */
  requests(): number;
  /** Size of the largest request body received so far, bytes; absent where bodies have no such limit. */
  largestBody?(): number;
  /** May be called twice. */
  close(): Promise<void>;
}

/** What differs between channels, for the suite that every channel passes. */
export interface ContractSubject {
  readonly type: string;
  /** Whether an update changes the object in place. */
  readonly updates: boolean;
  readonly acknowledges: boolean;
  /** Whether a resolve closes an object. */
  readonly keepsOpenState: boolean;
  /** Whether the classes of HTTP answers apply. */
  readonly http: boolean;
  /** Bytes that one request may have; `null` for no limit. */
  readonly largestBody: number | null;
  start(): Promise<ContractBench>;
}
