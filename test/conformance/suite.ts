import type { Check } from './check.js';
import { ANSWER_CHECKS } from './checks/answers.js';
import { DELIVERY_CHECKS } from './checks/delivery.js';
import { JSON_CHECKS } from './checks/json.js';
import { LIMIT_CHECKS } from './checks/limits.js';
import { TRANSPORT_CHECKS } from './checks/transport.js';
import { VALUE_CHECKS } from './checks/values.js';
import { Endpoint, type EndpointOptions } from './endpoint.js';

/** The list, in its order: what the OTLP specification 1.11 asks of a receiver. */
export const CHECKS: readonly Check[] = [
  ...TRANSPORT_CHECKS,
  ...LIMIT_CHECKS,
  ...ANSWER_CHECKS,
  ...DELIVERY_CHECKS,
  ...JSON_CHECKS,
  ...VALUE_CHECKS,
].sort((a, b) => a.number - b.number);

/** What one check found. */
export interface CheckResult {
  readonly number: number;
  readonly title: string;
  readonly passed: boolean;
  /** Why it failed; empty when it passed. */
  readonly reason: string;
}

/** Runs all checks against an endpoint, one after another. A check that fails does not stop the others. */
export async function runSuite(
  options: EndpointOptions,
  onResult: (result: CheckResult) => void = () => {},
): Promise<CheckResult[]> {
  const endpoint = new Endpoint(options);
  const results: CheckResult[] = [];
  try {
    for (const { number, title, run } of CHECKS) {
      const reason = await run(endpoint).then(
        () => '',
        (error: unknown) => (error instanceof Error ? error.message : String(error)) || 'it failed',
      );
      const result = { number, title, passed: reason === '', reason };
      results.push(result);
      onResult(result);
    }
  } finally {
    endpoint.close();
  }
  return results;
}

/** A result as a line of the table. */
export function resultLine({ number, title, passed, reason }: CheckResult): string {
  const line = `${String(number).padStart(2)}  ${passed ? 'pass' : 'FAIL'}  ${title}`;
  return passed ? line : `${line}\n          ${reason.replaceAll('\n', ' ')}`;
}
