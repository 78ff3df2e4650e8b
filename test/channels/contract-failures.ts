import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import type { DeliveryResult } from '../../libs/channels/src/channel.js';
import type { ContractFailure } from './contract-bench.js';
import type { ContractRun } from './contract-run.js';
import { notification } from './notification.js';

const SHORT_TIMEOUT_MS = 300;

/** What each class of answers means, the same for all channels. */
const CLASSES: readonly (readonly [status: number, outcome: DeliveryResult['outcome']])[] = [
  [400, 'rejected'],
  [401, 'rejected'],
  [403, 'rejected'],
  [404, 'rejected'],
  [408, 'retry'],
  [410, 'rejected'],
  [413, 'rejected'],
  [425, 'retry'],
  [429, 'retry'],
  [500, 'retry'],
  [502, 'retry'],
  [503, 'retry'],
  [504, 'retry'],
];

/** A failed attempt ends with a reason that a person can read and that holds no secret. */
function expectFailure(run: ContractRun, result: DeliveryResult, outcome: DeliveryResult['outcome']): void {
  expect(result).toMatchObject({ outcome, reason: expect.stringMatching(/^\S.*\.$/s) });
  run.expectNoSecret(result);
}

/** Failures that every channel has. */
export function describeFailures(current: () => ContractRun): void {
  test('no answer at all ends with the timeout and is tried again', async () => {
    const run = current();
    run.bench.fail('hang');
    const begun = performance.now();
    const result = await run.open(run.options(SHORT_TIMEOUT_MS)).deliver(notification());
    expect(performance.now() - begun).toBeLessThan(SHORT_TIMEOUT_MS + 2_000);
    expectFailure(run, result, 'retry');
    expect(result.httpStatus).toBe(0);
  });

  test('a connection that breaks is tried again', async () => {
    const run = current();
    run.bench.fail('reset');
    const result = await run.deliver(notification());
    expectFailure(run, result, 'retry');
    expect(result.httpStatus).toBe(0);
  });

  test('a receiver that is down is tried again', async () => {
    const run = current();
    const channel = run.open();
    await run.bench.close();
    expectFailure(run, await channel.deliver(notification()), 'retry');
  });

  test('after a failure the same message gets through', async () => {
    const run = current();
    run.bench.fail('reset', { times: 1 });
    const channel = run.open();
    expect(await channel.deliver(notification())).toMatchObject({ outcome: 'retry' });
    await run.succeed(notification({ uncertain: true }), channel);
    expect(run.bench.objects()).toHaveLength(1);
    expect(run.bench.problems()).toEqual([]);
  });

  test('a private address that nobody allowed is refused for good, before anything is sent', async () => {
    const run = current();
    const result = await run.open(run.options(undefined, [])).deliver(notification());
    expectFailure(run, result, 'rejected');
    expect(result).toMatchObject({ httpStatus: 0, reason: expect.stringContaining('private') });
    expect(run.bench.requests()).toBe(0);
  });
}

/** Failures of channels that speak HTTP. */
export function describeHttpFailures(current: () => ContractRun): void {
  test.each(CLASSES)('an answer of %i: %s', async (status, outcome) => {
    const run = current();
    run.bench.fail({ status });
    const result = await run.deliver(notification());
    expectFailure(run, result, outcome);
    expect(result.httpStatus).toBe(status);
  });

  test.each([429, 503])('a %i says when to come back, in seconds or as a date', async (status) => {
    const run = current();
    run.bench.fail({ status, headers: { 'retry-after': '7' } });
    expect(await run.deliver(notification())).toMatchObject({ outcome: 'retry', afterMs: 7_000 });
    const date = new Date(Date.now() + 60_000).toUTCString();
    run.bench.fail({ status, headers: { 'retry-after': date } });
    const result = await run.deliver(notification());
    const afterMs = result.outcome === 'retry' ? (result.afterMs ?? 0) : 0;
    // The date has whole seconds, and the answer takes its time.
    expect(afterMs).toBeGreaterThan(50_000);
    expect(afterMs).toBeLessThanOrEqual(60_000);
  });

  test.each([301, 302, 307])('a %i leads nowhere', async (status) => {
    const run = current();
    let followed = 0;
    const elsewhere = createServer((_request, response) => {
      followed += 1;
      response.end();
    });
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
    const location = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`;
    run.bench.fail({ status, headers: { location } });
    const result = await run.deliver(notification());
    await new Promise((resolve) => elsewhere.close(resolve));
    expectFailure(run, result, 'rejected');
    expect(followed).toBe(0);
  });

  test.each([400, 401, 429, 500])(
    'a %i that repeats all it was told gives no secret away',
    async (status) => {
      const run = current();
      run.bench.fail(echo(run, status));
      run.expectNoSecret(await run.deliver(notification()));
      run.bench.fail({ status, body: run.bench.secretTexts.join(' ') });
      run.expectNoSecret(await run.deliver(notification()));
    },
  );
}

/** An answer in the form that most services use for errors. */
function echo(run: ContractRun, status: number): ContractFailure {
  const texts = run.bench.secretTexts;
  const all = texts.join(' ');
  const body = {
    ok: false,
    error: all,
    message: all,
    errors: texts,
    errorMessages: texts,
    detail: { texts },
  };
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
