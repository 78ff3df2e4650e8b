import { isAppError } from '@tidewatch/core';
import type { DeliveryResult } from '../channel.js';

/** The fields of an error of the mail library that are read. Its text may repeat what was sent, and is not. */
interface MailError {
  readonly code?: unknown;
  readonly originalCode?: unknown;
  readonly responseCode?: unknown;
  readonly response?: unknown;
  readonly command?: unknown;
}

const HINTS = {
  login:
    'Check the user and the password that the receiver names; many providers want a password made for programs.',
  tls: 'Check security, host and port. A certificate of your own authority is trusted with caFile.',
} as const;

/** Errors of TLS that stay until somebody changes a setting or a certificate. */
const CERTIFICATE = /^(DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|CERT_|ERR_TLS_CERT_|INVALID_CA|PATH_LENGTH_)/;

/**
 * What a failed attempt means: answers of 4xx, trouble with the connection and silence are worth another attempt; answers
 * of 5xx, a refused login, and a connection that cannot be made safe are not (RFC 5321, section 4.2.1).
 *
 * The reason holds the codes (RFC 3463) and never the server's text, which may repeat what it was sent.
 *
 * @param timeoutMs limit of the attempt
 */
export function classifyMailFailure(error: unknown, timeoutMs: number): DeliveryResult {
  if (isAppError(error)) {
    return result(error.retryable, error.explanation, 0);
  }
  const { code, originalCode, responseCode, response, command } = (error ?? {}) as MailError;
  const status = typeof responseCode === 'number' ? responseCode : 0;
  const answered = `${status}${enhancedCode(response)}`;
  if (code === 'EABORT') {
    return result(true, `The mail server gave no answer within ${timeoutMs} ms.`, 0);
  }
  if (status >= 400 && status < 500) {
    return result(true, `The mail server could not take the mail now (${answered}).`, status);
  }
  if (code === 'EAUTH' || code === 'ENOAUTH') {
    return result(false, `The mail server refused the login (${answered}). ${HINTS.login}`, status);
  }
  if (code === 'ETLS' || (typeof originalCode === 'string' && CERTIFICATE.test(originalCode))) {
    return tlsFailure(originalCode, command, status);
  }
  if (status >= 500) {
    // 503 speaks of the order of commands, that is of the session and not of the mail.
    return result(status === 503, `The mail server refused the mail (${answered}).`, status);
  }
  if (code === 'EENVELOPE' || code === 'EMESSAGE') {
    return result(false, `The mail could not be handed over (${code}).`, status);
  }
  const word = typeof originalCode === 'string' ? originalCode : code;
  return result(
    true,
    `The mail server could not be reached (${typeof word === 'string' ? word : 'unknown error'}).`,
    0,
  );
}

function tlsFailure(originalCode: unknown, command: unknown, status: number): DeliveryResult {
  if (command === 'STARTTLS' && status >= 500) {
    return result(false, `The mail server offers no encryption (${status}). ${HINTS.tls}`, status);
  }
  if (typeof originalCode === 'string' && CERTIFICATE.test(originalCode)) {
    return result(
      false,
      `The certificate of the mail server is not trusted (${originalCode}). ${HINTS.tls}`,
      0,
    );
  }
  const word = typeof originalCode === 'string' ? ` (${originalCode})` : '';
  return result(true, `No encrypted connection to the mail server could be made${word}. ${HINTS.tls}`, 0);
}

function enhancedCode(response: unknown): string {
  const found = typeof response === 'string' ? /^\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})\b/.exec(response) : null;
  return found === null ? '' : ` ${found[1]}`;
}

function result(again: boolean, reason: string, httpStatus: number): DeliveryResult {
  return again
    ? { outcome: 'retry', afterMs: null, reason, httpStatus }
    : { outcome: 'rejected', reason, httpStatus };
}
