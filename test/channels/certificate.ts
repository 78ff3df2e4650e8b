import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A certificate for `localhost` that nobody has signed but itself, and its key, PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** The certificate of `test/fixtures/tls`. */
export function selfSignedCertificate(): Certificate {
  const read = (name: string): string =>
    readFileSync(fileURLToPath(new URL(`../fixtures/tls/${name}`, import.meta.url)), 'utf8');
  return { cert: read('localhost-cert.pem'), key: read('localhost-key.pem') };
}
