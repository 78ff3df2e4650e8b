import type { Endpoint } from './endpoint.js';

/** One line of the conformance list. */
export interface Check {
  /** Its number in the list, 1 to 28. */
  readonly number: number;
  /** What a conforming endpoint does, in a few words. */
  readonly title: string;
  /**
   * Sends what the line is about and looks at the answers.
   *
   * @throws Deviation, or any error on the way, when the endpoint does not conform
   */
  readonly run: (endpoint: Endpoint) => Promise<void>;
}
