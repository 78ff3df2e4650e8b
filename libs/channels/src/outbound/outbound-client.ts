/** So much of a body is read: enough for every error a receiver sends, and one without end must not fill the memory. */
export const MOST_RESPONSE_BYTES = 65_536;

/** What came back: an answer, or why there is none. */
export type Answer =
  | {
      readonly status: number;
      /** The start of the body, at most 64 KiB. Not trusted: it may repeat the request, secrets included. */
      readonly text: string;
      readonly retryAfterMs: number | null;
    }
  | {
      readonly status: 0;
      /** A code or short phrase, without address and secrets. */
      readonly failure: string;
      /** Whether the address may never be reached: trying again will not help. */
      readonly refused: boolean;
    };

/**
 * Whether more of a body may have come than was read. What is left of a character that lies across the cut reads as U+FFFD,
 * which takes no fewer bytes.
 */
export function isCut(text: string): boolean {
  return Buffer.byteLength(text) >= MOST_RESPONSE_BYTES;
}

/** A request to a receiver. */
export interface OutboundRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is. */
  readonly body?: string;
  readonly timeoutMs: number;
}

/**
 * Sends requests to addresses that rules name. Resolves names, checks every address, connects to the checked one, and
 * follows no redirect.
 */
export interface OutboundClient {
  /** Never throws. */
  send(request: OutboundRequest): Promise<Answer>;
  /**
   * Resolves and checks a host for protocols other than HTTP.
   *
   * @param port what an entry `host:port` of the private destinations is compared with
   * @throws AppError `channels.address-refused`, `channels.address-unknown` (retryable); neither holds the address of a secret
   */
  resolve(host: string, port?: number): Promise<{ readonly address: string; readonly family: 4 | 6 }>;
}
