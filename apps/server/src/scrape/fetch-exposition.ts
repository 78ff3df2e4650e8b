import { AppError, errorCode, errorMessage, isAppError } from '@tidewatch/core';
import {
  ACCEPT,
  ExpositionParser,
  formatOf,
  targetUrlProblem,
  type Exposition,
  type ScrapeTarget,
} from '@tidewatch/scrape';

/** Enough for a redirect to https and one to the right path. */
const MAXIMUM_REDIRECTS = 3;

/** What came of asking a target. */
export type FetchResult =
  | { readonly ok: true; readonly exposition: Exposition }
  | {
      readonly ok: false;
      readonly error: AppError;
      /** Samples that were read before it failed. */
      readonly samples: number;
    };

/**
 * Asks a target for its metrics and parses the answer while it arrives, so that a limit stops the transfer.
 *
 * @param headers the target's secret headers, resolved. They go to the target's own origin and not where it redirects to
 * @param signal ends the request; the result is then a failure
 */
export async function fetchExposition(
  target: ScrapeTarget,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<FetchResult> {
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), target.timeoutMs);
  const stop = (): void => timeout.abort();
  signal.addEventListener('abort', stop, { once: true });
  let parser: ExpositionParser | undefined;
  try {
    const response = await request(target, headers, timeout.signal);
    parser = new ExpositionParser(await formatOrThrow(response), target.limits);
    for await (const part of response.body ?? []) {
      parser.push(part as Uint8Array);
    }
    return { ok: true, exposition: parser.end() };
  } catch (error) {
    return { ok: false, error: failure(target, error, timeout.signal), samples: parser?.samples ?? 0 };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
    // Whatever is left of an answer that was not read to its end.
    timeout.abort();
  }
}

async function request(
  target: ScrapeTarget,
  secrets: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Response> {
  const { origin } = new URL(target.url);
  let url = target.url;
  for (let redirects = 0; redirects <= MAXIMUM_REDIRECTS; redirects += 1) {
    const response = await fetch(url, {
      headers: {
        ...(new URL(url).origin === origin ? secrets : {}),
        Accept: ACCEPT,
        'User-Agent': 'Tidewatch',
        'X-Prometheus-Scrape-Timeout-Seconds': String(target.timeoutMs / 1_000),
      },
      redirect: 'manual',
      signal,
    });
    const location = response.headers.get('location');
    if (response.status < 300 || response.status > 399 || location === null) {
      return response;
    }
    url = redirected(url, location);
  }
  throw new AppError({
    code: 'scrape.redirects',
    message: `The target redirects more than ${MAXIMUM_REDIRECTS} times.`,
    hint: 'Give the address at which the metrics are.',
  });
}

function redirected(from: string, location: string): string {
  const to = URL.canParse(location, from) ? new URL(location, from).href : location;
  const problem = targetUrlProblem(to);
  if (problem !== undefined) {
    throw new AppError({
      code: 'scrape.redirects',
      message: `The target redirects to an address that ${problem}.`,
      hint: 'Give the address at which the metrics are.',
    });
  }
  return to;
}

async function formatOrThrow(response: Response) {
  const type = response.headers.get('content-type');
  const format = formatOf(type);
  if (response.ok && format !== undefined) {
    return format;
  }
  throw response.ok
    ? new AppError({
        code: 'scrape.not-exposition',
        message: `The target answers with ${(type ?? '').slice(0, 60)}, which is no exposition.`,
        hint: 'Check that the address is that of the metrics endpoint.',
      })
    : new AppError({
        code: 'scrape.status',
        message: `The target answers with HTTP status ${response.status}.`,
        hint:
          response.status === 401 || response.status === 403
            ? 'Check the headers of the ScrapeTarget and the secrets that they name.'
            : response.status === 404
              ? 'Check the path of the address; most targets expose their metrics at /metrics.'
              : 'The log of the target says why.',
        retryable: response.status >= 500 || response.status === 429,
      });
}

function failure(target: ScrapeTarget, error: unknown, signal: AbortSignal): AppError {
  if (isAppError(error)) {
    return error;
  }
  const { origin, pathname } = new URL(target.url);
  if (signal.aborted) {
    return new AppError({
      code: 'scrape.timeout',
      message: `The target ${origin}${pathname} did not answer in full within ${target.timeoutMs} ms.`,
      hint: 'If it only is slow, raise the timeout of the ScrapeTarget.',
      retryable: true,
    });
  }
  // fetch() says "fetch failed"; what failed is in its cause.
  const cause = (error as { cause?: unknown } | undefined)?.cause;
  const code = errorCode(cause);
  return new AppError({
    code: 'scrape.unreachable',
    message: `The target ${origin}${pathname} cannot be read: ${errorMessage(cause ?? error)}.`,
    hint:
      code === 'ECONNREFUSED' || code === 'ENOTFOUND'
        ? 'Check that it runs, and that the address is right.'
        : 'Check the network between here and the target.',
    retryable: true,
    cause: error,
  });
}
