import type { ListOf } from './api.js';

/** Where an encoder's process stands. One that is `closed` may run in another process of the installation. */
export type EncoderState = 'starting' | 'ready' | 'failed' | 'closed';

/** A better execution provider that an encoder does not run on, and why. */
export interface RejectedProvider {
  provider: string;
  reason: string;
}

/** What one kind of operator costs on one provider. `share` is that of the whole run, 0 to 1. */
export interface OperatorTime {
  operator: string;
  provider: string;
  calls: number;
  milliseconds: number;
  share: number;
}

/** An encoder and what its process has done since the server started. */
export interface EncoderView {
  name: string;
  owner: string;
  model: string;
  /** Name of the input, and of the embedding made of it. */
  input: string;
  /** What it is loaded from: `reference image`, a path, an address. */
  source: string;
  sha256: string;
  /** `null` until the model has been loaded. */
  dimension: number | null;
  state: EncoderState;
  /** What is or was wrong; empty when nothing is. */
  problem: string;
  /** `null` until there is a session. */
  provider: 'cuda' | 'webgpu' | 'cpu' | null;
  device: string;
  rejected: RejectedProvider[];
  queued: number;
  encoded: number;
  refused: number;
  batches: number;
  restarts: number;
  residentBytes: number;
  /** `null` unless the rule asks for profiling. */
  profile: OperatorTime[] | null;
}

/** Raw inputs that are stored and not encoded yet. */
export interface EncoderBacklog {
  rows: number;
  bytes: number;
  oldestAt: number | null;
}

/** Every encoder, and what waits for them. */
export interface EncoderPage extends ListOf<EncoderView> {
  backlog: EncoderBacklog;
}
