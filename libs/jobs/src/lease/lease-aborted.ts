import { AppError } from '@tidewatch/core';

/** What waiting for a lease ends with when the process stops. */
export function leaseAborted(name: string): AppError {
  return new AppError({
    code: 'jobs.lease-aborted',
    message: `The lease ${name} was not acquired: the process is stopping.`,
  });
}
