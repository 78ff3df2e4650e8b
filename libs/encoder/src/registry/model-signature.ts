import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { AppError, errorMessage } from '@tidewatch/core';
import type { EncoderRule } from '../rule/encoder-rule.js';
import { readModelFile } from './model-file.js';

const SIGNATURE_BYTES = 64;
/** In the thread pool: a model may have gigabytes. */
const verifyAside = promisify(verify);

/**
 * Checks the Ed25519 signature (RFC 8032) over the bytes of a model file.
 *
 * @throws AppError `encoder.model-signature` when it is wrong, or when signature or key are not there or not such
 */
export async function checkSignature(
  bytes: Uint8Array,
  name: string,
  signature: NonNullable<EncoderRule['signature']>,
  rulesDir: string,
): Promise<void> {
  const keyFile = resolve(rulesDir, signature.publicKeyFile);
  const signatureFile = resolve(rulesDir, signature.signatureFile);
  const key = publicKey(await read(keyFile, `the public key of Encoder ${name}`), keyFile);
  const signed = signatureBytes(await read(signatureFile, `the signature of Encoder ${name}`), signatureFile);
  if (!(await verifyAside(null, bytes, key, signed))) {
    throw refused(
      `The model of Encoder ${name} is not what was signed: the signature in ${signatureFile} does not fit its ${bytes.length} bytes and the key in ${keyFile}.`,
      'The model, the signature or the key was replaced. Use the model only once its origin is clear.',
    );
  }
}

async function read(path: string, what: string): Promise<Buffer> {
  try {
    return await readModelFile(path, what);
  } catch (error) {
    throw refused(errorMessage(error), 'Paths of a rule are relative to the rules directory.', error);
  }
}

function publicKey(pem: Buffer, path: string): KeyObject {
  const hint = 'Needed is the PEM that "openssl pkey -pubout" writes for an Ed25519 key.';
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch (error) {
    throw refused(`The file ${path} holds no public key in PEM.`, hint, error);
  }
  if (key.asymmetricKeyType !== 'ed25519') {
    throw refused(`The key in ${path} is of type ${key.asymmetricKeyType}, and must be ed25519.`, hint);
  }
  if (pem.includes('PRIVATE KEY')) {
    throw refused(`The file ${path} holds a private key, which does not belong on this machine.`, hint);
  }
  return key;
}

function signatureBytes(content: Buffer, path: string): Buffer {
  if (content.length === SIGNATURE_BYTES) {
    return content;
  }
  const text = content.toString('latin1').replace(/\s/g, '');
  const decoded = /^[A-Za-z0-9+/]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : Buffer.alloc(0);
  if (decoded.length !== SIGNATURE_BYTES) {
    throw refused(
      `The file ${path} holds no Ed25519 signature: it has ${content.length} bytes.`,
      'Needed are 64 bytes, or the same in base64.',
    );
  }
  return decoded;
}

function refused(message: string, hint: string, cause?: unknown): AppError {
  return new AppError({ code: 'encoder.model-signature', message, hint, cause });
}
