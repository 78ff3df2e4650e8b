import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { HeartbeatRule } from '@tidewatch/alerts';
import { createOutboundClient } from '@tidewatch/channels';
import { AppError } from '@tidewatch/core';
import { pino } from 'pino';
import { startHeartbeats, type Heartbeats } from './heartbeats.js';

const START = 1_790_000_000_000;
const PATH = '/ping/S3cr3tS3cr3t';

let origin: string;
let requests: string[];
let answer: (response: ServerResponse) => void;
let closeServer: () => void;
let time: number;
let problem: string | null;
let rules: HeartbeatRule[];
let logged: string;
let beats: Heartbeats;

beforeEach(async () => {
  requests = [];
  answer = (response) => response.writeHead(200).end('OK');
  const server = createServer((request: IncomingMessage, response) => {
    requests.push(`${request.method} ${request.url}`);
    answer(response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  closeServer = () => {
    server.closeAllConnections();
    server.close();
  };
  time = START;
  problem = null;
  logged = '';
  rules = [rule()];
});
afterEach(async () => {
  // First: what hangs would be waited for.
  closeServer();
  await beats.stop();
});

function rule(changes: Partial<HeartbeatRule> = {}): HeartbeatRule {
  return { name: 'switch', owner: '', address: { env: 'URL' }, everyMs: 60_000, method: 'POST', ...changes };
}

function start(readSecret = () => `${origin}${PATH}`): void {
  beats = startHeartbeats({
    rules: () => rules,
    readSecret,
    outbound: createOutboundClient({ privateDestinations: ['127.0.0.1'] }),
    healthy: () => problem,
    logger: pino({}, { write: (line: string) => void (logged += line) }),
    now: () => time,
    tickMs: 5,
  });
}

/** Long enough for every tick and answer that is to come. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 60));
const state = () => beats.states()[0]!;

describe('a heartbeat', () => {
  test('is sent at the start and then at its times', async () => {
    start();
    await settle();
    expect(requests).toEqual([`POST ${PATH}`]);
    expect(state()).toEqual({
      name: 'switch',
      everyMs: 60_000,
      lastSuccessAt: START,
      lastFailureAt: null,
      lastFailure: '',
      heldBack: '',
      nextAt: START + 60_000,
    });
    time += 59_999;
    await settle();
    expect(requests).toHaveLength(1);
    time += 1;
    await settle();
    expect(requests).toHaveLength(2);
    expect(state()).toMatchObject({ lastSuccessAt: START + 60_000, nextAt: START + 120_000 });
    // One line for the first, none for what goes on as it was.
    expect(logged.split('\n').filter((line) => line.includes('"heartbeat"'))).toHaveLength(1);
  });

  test('can be a GET', async () => {
    rules = [rule({ method: 'GET' })];
    start();
    await settle();
    expect(requests).toEqual([`GET ${PATH}`]);
  });

  test('is held back while evaluation or delivery does not run, and sent at once when they do again', async () => {
    problem = 'no evaluation has ended for 5m';
    start();
    await settle();
    expect(requests).toEqual([]);
    expect(state()).toMatchObject({ heldBack: problem, lastSuccessAt: null, lastFailureAt: null });
    time += 1_000;
    problem = null;
    await settle();
    expect(requests).toHaveLength(1);
    expect(state()).toMatchObject({ heldBack: '', lastSuccessAt: START + 1_000 });
    problem = 'the lease is held by another process';
    time += 60_000;
    await settle();
    expect(requests).toHaveLength(1);
    expect(state()).toMatchObject({ heldBack: problem, lastSuccessAt: START + 1_000 });
  });

  test.each([
    ['HTTP 500', 500, 'the answer was HTTP 500'],
    // A redirect is not followed: it is no confirmation.
    ['a redirect', 302, 'the answer was HTTP 302'],
  ])('that is answered with %s has failed and is tried again soon', async (_name, status, reason) => {
    answer = (response) => response.writeHead(status, { location: `${origin}/elsewhere` }).end(PATH);
    start();
    await settle();
    expect(state()).toMatchObject({
      lastSuccessAt: null,
      lastFailureAt: START,
      lastFailure: reason,
      nextAt: START + 10_000,
    });
    answer = (response) => response.writeHead(204).end();
    time += 10_000;
    await settle();
    expect(state()).toMatchObject({ lastSuccessAt: START + 10_000, lastFailure: reason });
    expect(requests).toEqual([`POST ${PATH}`, `POST ${PATH}`]);
  });

  test('that gets no answer has failed, and the address is in no text', async () => {
    answer = (response) => response.destroy();
    start();
    await settle();
    expect(state().lastFailureAt).toBe(START);
    expect(state().lastFailure).not.toBe('');
    expect(logged + JSON.stringify(beats.states())).not.toContain('S3cr3t');
  });

  test('whose secret is missing has failed, with the place of the secret', async () => {
    start(() => {
      throw new AppError({
        code: 'config.secret-missing',
        message: 'The environment variable URL is not set.',
      });
    });
    await settle();
    expect(state().lastFailure).toBe('The environment variable URL is not set.');
  });

  test('whose answer hangs is not sent a second time meanwhile', async () => {
    answer = () => undefined;
    start();
    await settle();
    time += 120_000;
    await settle();
    expect(requests).toHaveLength(1);
  });

  test('of a rule that is gone ends, one of a new rule begins, a shorter time holds from now on', async () => {
    start();
    await settle();
    rules = [rule({ name: 'new' })];
    await settle();
    expect(beats.states().map(({ name }) => name)).toEqual(['new']);
    expect(requests).toHaveLength(2);
    rules = [rule({ name: 'new', everyMs: 10_000 })];
    await settle();
    expect(state().nextAt).toBe(START + 10_000);
    time += 10_000;
    await settle();
    expect(requests).toHaveLength(3);
  });
});
