import { BullModule, getQueueToken } from '@nestjs/bull';
import { Module, type DynamicModule } from '@nestjs/common';
import { bullDriver, bullQueueOptions, inProcessDriver } from '@tidewatch/jobs';
import type { BullQueue, JobDriver, JobErrorListener } from '@tidewatch/jobs';
import { QUEUE_NAMES } from './queue-names.js';

/** Injection token of the {@link JobDriver}. */
export const JOB_DRIVER = Symbol('JobDriver');

/** What {@link JobsModule} needs. */
export interface JobsModuleOptions {
  /** `null` for queues in the memory of this process. */
  readonly redisUrl: string | null;
  readonly onError: JobErrorListener;
}

/**
 * The job queues of one process: in memory, or Bull's on Redis, which Nest makes and closes.
 *
 * Nest does not wait for Redis: the application starts without it, and {@link JobDriver.ready} says whether it is there.
 * Whoever opens a queue closes it before the application; Nest's own closing then finds nothing left to do.
 */
@Module({})
export class JobsModule {
  /** @throws AppError `jobs.redis-url` */
  static forRoot({ redisUrl, onError }: JobsModuleOptions): DynamicModule {
    if (redisUrl === null) {
      return {
        module: JobsModule,
        providers: [{ provide: JOB_DRIVER, useFactory: () => inProcessDriver({ onError }) }],
        exports: [JOB_DRIVER],
      };
    }
    return {
      module: JobsModule,
      imports: [
        BullModule.forRoot(bullQueueOptions(redisUrl)),
        BullModule.registerQueue(...QUEUE_NAMES.map((name) => ({ name }))),
      ],
      providers: [
        {
          provide: JOB_DRIVER,
          inject: QUEUE_NAMES.map((name) => getQueueToken(name)),
          useFactory: (...queues: BullQueue[]): JobDriver =>
            bullDriver({ url: redisUrl, onError, queueOf: (name) => queueNamed(name, queues) }),
        },
      ],
      exports: [JOB_DRIVER],
    };
  }
}

function queueNamed(name: string, queues: readonly BullQueue[]): BullQueue {
  const found = queues.find((queue) => queue.name === name);
  if (found === undefined) {
    throw new Error(`There is no queue ${name}; its name is missing in QUEUE_NAMES.`);
  }
  return found;
}
