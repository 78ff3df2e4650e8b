import { readSecret, type Environment } from '@tidewatch/config';
import type { Logger } from 'pino';
import type { IngestPipeline } from '../ingest/ingest-pipeline.js';
import { Scraper } from './scraper.js';

/** A scraper whose points take the way of pushed ones from the decoder on. */
export function openScraper(
  pipeline: Pick<IngestPipeline, 'ingestOtlp'>,
  environment: Environment,
  logger: Logger,
): Scraper {
  return new Scraper({
    ingest: (project, body) =>
      pipeline.ingestOtlp({ signal: 'metrics', encoding: 'protobuf', project, body }),
    readSecret: (reference) => readSecret(environment, reference),
    logger,
  });
}
