/** What ONNX Runtime can run a model on, the best first. */
export const PROVIDERS = ['cuda', 'webgpu', 'cpu'] as const;

export type Provider = (typeof PROVIDERS)[number];

/** A provider that is not in use, and why: one sentence without a full stop, for a person. */
export interface RejectedProvider {
  readonly provider: Provider;
  readonly reason: string;
}

/** What a model runs on, and why on nothing better. */
export interface ProviderReport {
  readonly provider: Provider;
  /** The processor or card, as far as its name is known. */
  readonly device: string;
  /** Each better one that is not in use, and why. */
  readonly rejected: readonly RejectedProvider[];
}
