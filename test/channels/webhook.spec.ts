import { describe, expect, test } from '@jest/globals';
import { channelContract } from './channel-contract.js';
import { ContractRun } from './contract-run.js';
import { acknowledgeOf, notification, resolveOf, updateOf } from './notification.js';
import { startWebhookBench } from './webhook.bench.js';

const subject = {
  type: 'webhook',
  updates: true,
  acknowledges: true,
  keepsOpenState: true,
  http: true,
  largestBody: 20_000,
  start: startWebhookBench,
};

channelContract(subject);

describe('what a webhook answers', () => {
  const deliverTo = async (status: number): Promise<unknown> => {
    const run = await ContractRun.start(subject);
    run.bench.fail({ status });
    const result = await run.deliver(notification());
    await run.close();
    return result;
  };

  test.each([200, 201, 202, 204, 299])('%i confirms', async (status) => {
    expect(await deliverTo(status)).toMatchObject({ outcome: 'delivered', httpStatus: status });
  });

  test('410 says that nobody reads it any more', async () => {
    expect(await deliverTo(410)).toEqual({
      outcome: 'rejected',
      httpStatus: 410,
      reason:
        'The webhook is gone (410): its receiver wants no more messages. Take the Receiver out or correct its address.',
    });
  });
});

describe('a webhook in the form of Alertmanager', () => {
  const alertmanager = {
    ...subject,
    acknowledges: false,
    start: () => startWebhookBench({ format: 'alertmanager' }),
  };
  channelContract(alertmanager);

  test('an acknowledgement, which it knows nothing of, is confirmed and not sent', async () => {
    const run = await ContractRun.start(alertmanager);
    const first = notification();
    const ref = await run.succeed(first);
    await run.succeed(acknowledgeOf(first, ref));
    expect(run.bench.requests()).toBe(1);
    await run.succeed(updateOf(first, ref));
    await run.succeed(resolveOf(first, ref));
    expect(run.states()).toEqual(['closed']);
    await run.close();
  });
});
