import { webhookService } from '../../examples/stand-ins/src/webhook.js';
import { startHttpBench, type HttpBench } from './http-bench.js';
import { START } from './notification.js';

/** Signing secrets of 32 bytes. */
export const SECRET = `whsec_${Buffer.from('a secret of exactly 32 bytes: 01').toString('base64')}`;
export const PREVIOUS_SECRET = `whsec_${Buffer.from('a secret of exactly 32 bytes: 00').toString('base64')}`;
const PATH_SECRET = 'S3cr3tS3cr3tS3cr3t';

export interface WebhookBenchOptions {
  readonly format?: 'tidewatch' | 'alertmanager';
  /** Secrets that the receiver knows; default: the current one. */
  readonly known?: readonly string[];
}

/** A receiver with a secret address that checks signatures. */
export function startWebhookBench({
  format = 'tidewatch',
  known = [SECRET],
}: WebhookBenchOptions = {}): Promise<HttpBench> {
  return startHttpBench({
    kind: 'webhook',
    // The messages of the tests are from around one fixed time.
    service: webhookService({ secrets: known, now: () => START, toleranceS: 86_400 }),
    spec: () => ({
      type: 'webhook',
      urlEnv: 'HOOK_URL',
      format,
      secretEnv: 'HOOK_SECRET',
      previousSecretEnv: 'HOOK_SECRET_BEFORE',
    }),
    secrets: (url) => ({
      HOOK_URL: `${new URL(url).origin}/hooks/${PATH_SECRET}`,
      HOOK_SECRET: SECRET,
      HOOK_SECRET_BEFORE: PREVIOUS_SECRET,
    }),
    secretTexts: [PATH_SECRET, SECRET, PREVIOUS_SECRET],
  });
}
