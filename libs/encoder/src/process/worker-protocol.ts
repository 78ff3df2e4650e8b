import type { ErrorHeader } from './error-header.js';
import type { Provider, ProviderReport, RejectedProvider } from './provider-report.js';

/** The header of every frame to a child process. The first has the id 0 and starts it; its payload is a {@link WorkerStart}. */
export interface RequestHeader {
  readonly id: number;
  readonly payload: unknown;
}

/** What a child process is started with. */
export interface WorkerStart<Parameters = unknown> {
  readonly parameters: Parameters;
  /** `auto` takes the best provider that works, and falls back; any other works or the start fails. */
  readonly provider: Provider | 'auto';
  /** Providers that killed an earlier process: not to be tried. */
  readonly excluded: readonly RejectedProvider[];
  /** What an earlier process settled on: taken again, without trying the better ones, when it still works. */
  readonly settled: ProviderReport | null;
}

/** What a child process says of itself when it is ready; a worker may add to it. */
export interface WorkerStarted {
  readonly provider: ProviderReport;
}

/** The header of every frame from a child process. */
export type AnswerHeader =
  /** Sent before a provider is tried, so that it is known what a process died of; `null` once it is over. */
  | { readonly kind: 'trying'; readonly provider: Provider | null }
  | {
      readonly kind: 'answer';
      readonly id: number;
      readonly result: unknown;
      /** Memory of the child process that is in use, after the request. */
      readonly residentBytes: number;
    }
  | {
      readonly kind: 'refusal';
      readonly id: number;
      readonly error: ErrorHeader;
      readonly residentBytes: number;
    };
