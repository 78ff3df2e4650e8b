import { AppError } from '@tidewatch/core';

/** What adding to a closed queue is answered with. */
export function queueClosed(name: string): AppError {
  return new AppError({
    code: 'jobs.queue-closed',
    message: `A job cannot be added to the queue ${name}: it is closed, as the process is stopping.`,
  });
}

/** A second worker on a queue of one process is a mistake in the program. */
export function alreadyProcessing(name: string): AppError {
  return new AppError({
    code: 'jobs.already-processing',
    message: `The queue ${name} is worked on by this process already.`,
  });
}
