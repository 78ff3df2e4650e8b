import { createHash } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { AppError } from '@tidewatch/core';
import { ModelServer } from '../../fixtures/model-server.js';
import { downloadModel, type Download } from './download-model.js';
import { DOWNLOAD_LIMITS, type DownloadLimits } from './fetch-model.js';

const CONTENT = Buffer.alloc(300_000, 'model');
const SHA256 = createHash('sha256').update(CONTENT).digest('hex');
const server = new ModelServer();
let folder: string;

beforeAll(() => server.start());
afterAll(() => server.stop());
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'tidewatch-download-')), 'models');
  server.requests.length = 0;
  server.serve(CONTENT);
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

function download(limits: Partial<DownloadLimits> = {}, more: Partial<Download> = {}): Promise<string> {
  return downloadModel({
    what: 'The model of Encoder clip',
    url: server.url('/model.onnx?token=secret'),
    sha256: SHA256,
    folder,
    limits: { ...DOWNLOAD_LIMITS, ...limits },
    ...more,
  });
}

async function failureOf(
  limits: Partial<DownloadLimits> = {},
  more: Partial<Download> = {},
): Promise<AppError> {
  const error = await download(limits, more).then(
    () => {
      throw new Error('It was fetched.');
    },
    (reason: unknown) => reason as AppError,
  );
  // What may give access to the model never reaches a message, and nothing half-done stays.
  expect(error.message).not.toContain('secret');
  expect(readdirSync(folder)).toEqual([]);
  return error;
}

describe('what comes is kept under its checksum', () => {
  test('once, and is not fetched again', async () => {
    const path = await download();
    expect(readFileSync(path)).toEqual(CONTENT);
    expect(await download()).toBe(path);
    expect(server.requests).toHaveLength(1);
  });

  test('also when the file that is there was damaged', async () => {
    mkdirSync(folder);
    writeFileSync(join(folder, `${SHA256}.onnx`), 'half');
    expect(readFileSync(await download())).toEqual(CONTENT);
  });

  test('also when several ask at once', async () => {
    const paths = await Promise.all([download(), download(), download()]);
    expect(new Set(paths).size).toBe(1);
    expect(readdirSync(folder)).toEqual([`${SHA256}.onnx`]);
  });

  test('without a length, in pieces', async () => {
    server.answer = (response) => {
      response.writeHead(200);
      response.write(CONTENT.subarray(0, 1_000));
      setTimeout(() => response.end(CONTENT.subarray(1_000)), 20);
    };
    expect(readFileSync(await download())).toEqual(CONTENT);
  });

  test('after being led on within this machine', async () => {
    server.answer = (response, { url }) => {
      if (url?.startsWith('/model.onnx') === true) {
        response.writeHead(302, { Location: '/elsewhere' }).end('moved');
      } else {
        response.end(CONTENT);
      }
    };
    await download();
    expect(server.requests).toEqual(['/model.onnx?token=secret', '/elsewhere']);
  });

  test('and what a process that died left a day ago is removed', async () => {
    mkdirSync(folder);
    writeFileSync(join(folder, 'old.part'), 'half');
    writeFileSync(join(folder, 'new.part'), 'half');
    const before = Date.now() / 1_000 - 90_000;
    utimesSync(join(folder, 'old.part'), before, before);
    await download();
    expect(readdirSync(folder).sort()).toEqual([`${SHA256}.onnx`, 'new.part'].sort());
  });
});

describe('what may work later is retryable', () => {
  test('a transfer that ends too early', async () => {
    server.answer = (response) => {
      response.writeHead(200, { 'Content-Length': CONTENT.length });
      response.write(CONTENT.subarray(0, 1_000));
      setTimeout(() => response.destroy(), 20);
    };
    const error = await failureOf();
    expect(error).toMatchObject({ code: 'encoder.model-download', retryable: true });
    expect(error.message).toMatch(
      /^The model of Encoder clip cannot be fetched from http:\/\/127\.0\.0\.1:\d+\/model\.onnx: the connection was closed before all of it had come\.$/,
    );
  });

  test('silence in the middle', async () => {
    server.answer = (response) => {
      response.writeHead(200, { 'Content-Length': CONTENT.length });
      response.write(CONTENT.subarray(0, 1_000));
    };
    const error = await failureOf({ idleMs: 150 });
    expect(error).toMatchObject({ code: 'encoder.model-download', retryable: true });
    expect(error.message).toMatch(/nothing came for 0\.15 s/);
  });

  test('silence from the start', async () => {
    server.answer = () => undefined;
    expect((await failureOf({ idleMs: 100 })).message).toMatch(/nothing came for 0\.1 s/);
  });

  test('a transfer that trickles', async () => {
    server.answer = (response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(timer));
    };
    const error = await failureOf({ totalMs: 200 });
    expect(error).toMatchObject({ code: 'encoder.model-download', retryable: true });
    expect(error.message).toMatch(/it took too long/);
  });

  test('a transfer that the caller stops', async () => {
    server.answer = () => undefined;
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 50);
    expect((await failureOf({}, { signal: stop.signal })).message).toMatch(/it was stopped/);
  });

  test('a server that is not there', async () => {
    const gone = new ModelServer();
    await gone.start();
    const url = gone.url('/model.onnx?token=secret');
    await gone.stop();
    const error = await failureOf({}, { url });
    expect(error).toMatchObject({ code: 'encoder.model-download', retryable: true });
    expect(error.message).toMatch(/ECONNREFUSED/);
  });

  test.each([
    [500, true],
    [503, true],
    [429, true],
    [404, false],
    [403, false],
  ])('status %d: %s', async (status, retryable) => {
    server.answer = (response) => {
      response.writeHead(status).end('no');
    };
    const error = await failureOf();
    expect(error).toMatchObject({ code: 'encoder.model-download', retryable });
    expect(error.message).toMatch(new RegExp(`answers with HTTP status ${status}`));
  });
});

describe('what will never be right is final', () => {
  test('another file, with both checksums', async () => {
    const bytes = Buffer.from([8, 8, 18, 2, 111, 107]);
    server.serve(bytes);
    const other = createHash('sha256').update(bytes).digest('hex');
    const error = await failureOf();
    expect(error).toMatchObject({ code: 'encoder.model-checksum', retryable: false });
    expect(error.message).toMatch(new RegExp(`its SHA-256 is ${other}, and ${SHA256} is needed\\.$`));
  });

  test('a page in place of the model, which is said', async () => {
    server.serve(Buffer.from('<!DOCTYPE html><html>Sign in'));
    expect((await failureOf()).message).toMatch(/is needed\. The file starts like an HTML page\.$/);
  });

  test.each<[string, string, RegExp]>([
    [
      'another scheme',
      'https://127.0.0.1:1/model.onnx',
      /it leads to https:\/\/127\.0\.0\.1:1, and only http:\/\/ is followed/,
    ],
    ['a file', 'file:///etc/passwd', /it leads to file:\/\//],
    [
      'another machine without encryption',
      'http://models.example.com/m',
      /it leads to http:\/\/models\.example\.com/,
    ],
    ['no address', 'http://[', /it leads to something that is no URL/],
  ])('being led to %s', async (_what, location, expected) => {
    server.answer = (response) => {
      response.writeHead(302, { Location: location }).end();
    };
    const error = await failureOf();
    expect(error).toMatchObject({ code: 'encoder.model-download', retryable: false });
    expect(error.message).toMatch(expected);
  });

  test('being led in a circle', async () => {
    server.answer = (response) => {
      response.writeHead(307, { Location: '/model.onnx' }).end();
    };
    expect((await failureOf()).message).toMatch(/it leads on more than 5 times/);
  });

  test('a file that is too large, as announced', async () => {
    const error = await failureOf({ bytes: 200_000 });
    expect(error).toMatchObject({ code: 'encoder.model-download', retryable: false });
    expect(error.message).toMatch(/it has 300000 bytes, and at most 200000 are taken/);
  });

  test('a file that is too large, which nobody announced', async () => {
    server.answer = (response) => {
      response.writeHead(200, { 'Transfer-Encoding': 'chunked' });
      response.end(CONTENT);
    };
    expect((await failureOf({ bytes: 200_000 })).message).toMatch(/it has more than 200000 bytes/);
  });
});

test('a disk that refuses is told as such, and may recover', async () => {
  // A file where the folder should be.
  writeFileSync(folder, '');
  const error = await download().catch((reason: unknown) => reason as AppError);
  expect(error).toMatchObject({ code: 'encoder.model-download', retryable: true });
  rmSync(folder);
});
