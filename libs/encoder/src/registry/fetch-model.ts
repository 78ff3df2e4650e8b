import { AppError, errorCode, errorMessage, isAppError } from '@tidewatch/core';
import { modelUrlProblem, shownUrl } from '../rule/model-url.js';

/** How much a model may be, and how long its transfer may take. */
export interface DownloadLimits {
  readonly bytes: number;
  /** How long nothing may come. */
  readonly idleMs: number;
  readonly totalMs: number;
}

/** 2 GiB is the most that an ONNX file can have; an hour is enough for that at 5 Mbit/s. */
export const DOWNLOAD_LIMITS: DownloadLimits = {
  bytes: 2_147_483_648,
  idleMs: 30_000,
  totalMs: 3_600_000,
};

interface Fetched {
  readonly what: string;
  readonly url: string;
  readonly limits: DownloadLimits;
  readonly signal?: AbortSignal | undefined;
}

const MAXIMUM_REDIRECTS = 5;
const REDIRECTS = [301, 302, 303, 307, 308];

/**
 * The bytes of a model, as they come.
 *
 * @throws AppError `encoder.model-download`: retryable after a broken connection, a timeout, 429 or 5xx; final when the
 *   server refuses, when it leads to an address that a rule could not name, or when the model is too large
 */
export async function* fetchModel(fetched: Fetched): AsyncGenerator<Uint8Array, void> {
  const { limits, signal } = fetched;
  const idle = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(() => idle.abort(timeoutOf(limits.idleMs)), limits.idleMs);
  };
  const total = AbortSignal.timeout(limits.totalMs);
  const stop = AbortSignal.any([idle.signal, total, ...(signal === undefined ? [] : [signal])]);
  try {
    wait();
    const response = await follow(fetched, stop);
    const announced = announcedBytes(response);
    if (announced !== undefined && announced > limits.bytes) {
      throw tooLarge(fetched, `${announced} bytes`);
    }
    let received = 0;
    for await (const part of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      received += part.length;
      if (received > limits.bytes) {
        throw tooLarge(fetched, `more than ${limits.bytes} bytes`);
      }
      wait();
      yield part;
    }
    if (announced !== undefined && received < announced) {
      throw downloadError(fetched, new Error(`it ended after ${received} of ${announced} bytes`));
    }
  } catch (error) {
    throw isAppError(error) ? error : downloadError(fetched, error);
  } finally {
    clearTimeout(timer);
    // Ends the connection when the reader stopped early; after the last byte it does nothing.
    idle.abort();
  }
}

async function follow(fetched: Fetched, signal: AbortSignal): Promise<Response> {
  let { url } = fetched;
  for (let hop = 0; hop <= MAXIMUM_REDIRECTS; hop += 1) {
    const response = await fetch(url, {
      redirect: 'manual',
      // Packed bytes would be unpacked on the way, and their length is not that of the model.
      headers: { 'User-Agent': 'Tidewatch', 'Accept-Encoding': 'identity' },
      signal,
    });
    const location = response.headers.get('location');
    if (!REDIRECTS.includes(response.status) || location === null) {
      if (!response.ok) {
        throw statusError(fetched, response.status);
      }
      return response;
    }
    await response.body?.cancel();
    url = redirectTarget(fetched, url, location);
  }
  throw refused(fetched, `it leads on more than ${MAXIMUM_REDIRECTS} times`);
}

/** Only to an address that a rule could have named, and never to another scheme. */
function redirectTarget(fetched: Fetched, from: string, location: string): string {
  if (!URL.canParse(location, from)) {
    throw refused(fetched, 'it leads to something that is no URL');
  }
  const target = new URL(location, from);
  if (target.protocol !== new URL(from).protocol || modelUrlProblem(target.href) !== undefined) {
    throw refused(
      fetched,
      `it leads to ${target.protocol}//${target.host}, and only ${new URL(from).protocol}// is followed`,
    );
  }
  return target.href;
}

function announcedBytes(response: Response): number | undefined {
  const length = response.headers.get('content-length');
  return length === null || response.headers.has('content-encoding') ? undefined : Number(length);
}

/** The transfer failed: trying again may help. */
export function downloadError({ what, url }: Pick<Fetched, 'what' | 'url'>, error: unknown): AppError {
  return new AppError({
    code: 'encoder.model-download',
    message: `${what} cannot be fetched from ${shownUrl(url)}: ${reasonOf(error)}.`,
    hint: 'It is tried again; check the network and the free space of the data directory.',
    retryable: true,
    cause: error,
  });
}

function statusError({ what, url }: Fetched, status: number): AppError {
  const retryable = status === 408 || status === 429 || status >= 500;
  return new AppError({
    code: 'encoder.model-download',
    message: `${what} cannot be fetched from ${shownUrl(url)}: it answers with HTTP status ${status}.`,
    hint: retryable
      ? 'It is tried again.'
      : 'Check the address; the server must give the model to anybody who may read the rule.',
    retryable,
  });
}

function tooLarge(fetched: Fetched, found: string): AppError {
  return refused(fetched, `it has ${found}, and at most ${fetched.limits.bytes} are taken`);
}

function refused({ what, url }: Fetched, reason: string): AppError {
  return new AppError({
    code: 'encoder.model-download',
    message: `${what} cannot be fetched from ${shownUrl(url)}: ${reason}.`,
    hint: 'Name the address that serves the model itself.',
  });
}

function timeoutOf(milliseconds: number): Error {
  return new Error(`nothing came for ${milliseconds / 1_000} s`);
}

/** `fetch` itself only says that it failed. */
function reasonOf(error: unknown): string {
  const name = (error as { name?: unknown } | null)?.name;
  if (name === 'TimeoutError') {
    return 'it took too long';
  }
  if (name === 'AbortError') {
    return 'it was stopped';
  }
  const cause = (error as { cause?: unknown } | undefined)?.cause ?? error;
  return errorCode(cause) === 'UND_ERR_SOCKET'
    ? 'the connection was closed before all of it had come'
    : errorMessage(cause);
}
