import { findApiKey, type ApiKey } from '@tidewatch/config';
import { AppError } from '@tidewatch/core';

/** The project of requests when no keys are configured. */
export const DEFAULT_PROJECT = 'default';

/** The accepted keys, or `null` when none is asked for. */
export type Keys = readonly ApiKey[] | null;

/** Who sends a request. */
export interface Caller {
  /** Name of the API key, or {@link ANONYMOUS} where no keys are configured. */
  readonly name: string;
  /** The project whose data is meant. */
  readonly project: string;
}

/** Who sends requests when no keys are configured. */
export const ANONYMOUS = 'anonymous';

/**
 * The project a request belongs to. Clients send `Authorization: Bearer KEY`.
 *
 * @throws AppError `request.unauthorized`
 */
export function authenticate(keys: Keys, authorization: string | undefined): string {
  return callerOf(keys, authorization).project;
}

/** Like {@link authenticate}, with the name of the key. @throws AppError `request.unauthorized` */
export function callerOf(keys: Keys, authorization: string | undefined): Caller {
  if (keys === null) {
    return { name: ANONYMOUS, project: DEFAULT_PROJECT };
  }
  const presented = /^bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
  const key = presented === undefined ? undefined : findApiKey(keys, presented);
  if (key === undefined) {
    throw new AppError({
      code: 'request.unauthorized',
      message: presented === undefined ? 'The request carries no API key.' : 'The API key is not known.',
      hint: 'Send the header "Authorization: Bearer KEY" with a key from TIDEWATCH_API_KEYS_FILE.',
    });
  }
  return { name: key.name, project: key.project };
}
