import { createReadStream } from 'node:fs';
import { AppError, errorMessage, isAppError } from '@tidewatch/core';
import {
  ACCEPT,
  detectFormat,
  ExpositionParser,
  formatOf,
  targetUrl,
  targetUrlProblem,
  type Exposition,
  type ExpositionFormat,
} from '@tidewatch/scrape';
import { reasonOf } from './api-client.js';
import type { Terminal } from './terminal.js';

/** Those of a ScrapeTarget that sets none. */
const LIMITS = { bytes: 16_777_216, samples: 50_000, labelLength: 1_024 };
const TIMEOUT_MS = 10_000;

/**
 * Reads an exposition from an address, a file or, for `-`, standard input.
 *
 * @param format what to read it as; without it what the answer says, or the end of the text
 * @throws AppError `scrape.*` when it is none, `cli.unreachable` and `cli.file` when it cannot be had
 */
export async function readExposition(
  source: string,
  format: ExpositionFormat | undefined,
  terminal: Terminal,
): Promise<Exposition> {
  if (/^[a-z]+:\/\//i.test(source)) {
    return readUrl(source, format);
  }
  const text = await readAll(source === '-' ? terminal.readInput() : createReadStream(source), source);
  const parser = new ExpositionParser(format ?? detectFormat(text), LIMITS);
  parser.push(text);
  return parser.end();
}

async function readUrl(source: string, format: ExpositionFormat | undefined): Promise<Exposition> {
  const problem = targetUrlProblem(source);
  if (problem !== undefined) {
    throw new AppError({ code: 'cli.bad-url', message: `The address ${problem}.` });
  }
  const url = targetUrl(source, '/metrics');
  const response = await fetch(url, {
    headers: { Accept: ACCEPT, 'User-Agent': 'Tidewatch' },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((error: unknown) => {
    throw unreachable(url, error);
  });
  const type = response.headers.get('content-type');
  const announced = format ?? formatOf(type);
  if (!response.ok || announced === undefined) {
    await response.body?.cancel();
    throw new AppError({
      code: response.ok ? 'scrape.not-exposition' : 'scrape.status',
      message: response.ok
        ? `${url} answers with ${(type ?? '').slice(0, 60)}, which is no exposition.`
        : `${url} answers with HTTP status ${response.status}.`,
      hint: 'Check that the address is that of the metrics endpoint.',
    });
  }
  const parser = new ExpositionParser(announced, LIMITS);
  try {
    for await (const part of response.body ?? []) {
      parser.push(part as Uint8Array);
    }
  } catch (error) {
    throw isAppError(error) ? error : unreachable(url, error);
  }
  return parser.end();
}

async function readAll(stream: AsyncIterable<unknown>, source: string): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const part of stream) {
      parts.push(part as Uint8Array);
      bytes += (part as Uint8Array).length;
      if (bytes > LIMITS.bytes) {
        break;
      }
    }
  } catch (error) {
    throw new AppError({
      code: 'cli.file',
      message: `The file ${source} cannot be read: ${errorMessage(error)}.`,
      hint: 'Name a file, "-" for standard input, or an address that starts with http:// or https://.',
      cause: error,
    });
  }
  return Buffer.concat(parts).toString('utf8');
}

function unreachable(url: string, error: unknown): AppError {
  return new AppError({
    code: 'cli.unreachable',
    message: `${url} cannot be read: ${reasonOf(error)}.`,
    hint: 'Check that the target runs, and that the address is right.',
    retryable: true,
    cause: error,
  });
}
