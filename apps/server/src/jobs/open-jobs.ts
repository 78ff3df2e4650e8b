import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { errorMessage, isAppError } from '@tidewatch/core';
import { inProcessDriver, type JobDriver, type JobErrorListener } from '@tidewatch/jobs';
import type { Logger } from 'pino';
import { NestLogger } from '../logging.js';
import { JOB_DRIVER, JobsModule } from './jobs.module.js';

/** The job queues of one process. */
export interface OpenJobs {
  readonly driver: JobDriver;
  /** Closes what is still open; queues are closed by who opened them, before. */
  close(): Promise<void>;
}

/**
 * Makes the job queues: in memory, or on Redis, where Nest makes and closes them. Does not wait for Redis:
 * `driver.ready()` says whether it is there.
 *
 * It is an application of its own, without HTTP: controllers need what works on the queues, so that the queues have to be
 * there before them.
 *
 * @throws AppError `jobs.redis-url`
 */
export async function openJobs(redisUrl: string | null, logger: Logger): Promise<OpenJobs> {
  const onError: JobErrorListener = (error, { queue, job }) => {
    const text = isAppError(error) ? error.explanation : errorMessage(error);
    logger.error({ queue, job, error: text }, 'trouble with the job queue');
  };
  if (redisUrl === null) {
    return { driver: inProcessDriver({ onError }), close: async () => undefined };
  }
  const context = await NestFactory.createApplicationContext(JobsModule.forRoot({ redisUrl, onError }), {
    logger: new NestLogger(logger),
    abortOnError: false,
  });
  return { driver: context.get<JobDriver>(JOB_DRIVER), close: () => context.close() };
}
