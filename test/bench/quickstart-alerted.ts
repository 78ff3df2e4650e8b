import { spawn } from 'node:child_process';
import { DEFAULT_TIERS, detectionTime } from '@tidewatch/slo';
import { figure, type Figure } from './figure.js';

/**
 * `quickstart-alerted`: seconds from the demo's bad deploy until both the page and the ticket are delivered.
 *
 * The baseline is arithmetic: how long 15 % errors take to burn through the 14.4x tier of a 99.99 % objective. No
 * implementation can page from that tier sooner.
 */
export async function benchQuickstart(): Promise<Figure[]> {
  const { pageSeconds, ticketSeconds } = await runQuickstart();
  const tier = DEFAULT_TIERS.find((each) => each.burn === 14.4);
  if (tier === undefined) {
    throw new Error('The default tiers have no 14.4x tier.');
  }
  const closedForm = (detectionTime({ target: 0.9999, errorRatio: 0.15, tier }) ?? 0) / 1_000;
  return [
    figure({
      name: 'quickstart-alerted',
      value: Math.max(pageSeconds, ticketSeconds),
      unit: 's',
      baseline: closedForm,
      baselineName: 'closed-form detection time of the 14.4x tier at 15 % errors',
      floor: { atMost: 90 },
    }),
    figure({
      name: 'quickstart-paged',
      value: pageSeconds,
      unit: 's',
      baseline: closedForm,
      baselineName: 'closed-form detection time of the 14.4x tier at 15 % errors',
      floor: { atMost: 90 },
    }),
  ];
}

async function runQuickstart(): Promise<{ pageSeconds: number; ticketSeconds: number }> {
  const child = spawn(process.execPath, ['scripts/quickstart.mjs', '--once'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number>((resolve) => child.once('close', (status) => resolve(status ?? -1)));
  const line = output.split('\n').find((each) => each.startsWith('{"event":"alerted"'));
  if (code !== 0 || line === undefined) {
    throw new Error(`The quickstart ended with ${code}:\n${output}`);
  }
  return JSON.parse(line) as { pageSeconds: number; ticketSeconds: number };
}
