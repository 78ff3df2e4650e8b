import { spawn } from 'node:child_process';
import { DEFAULT_TIERS, detectionTime } from '@tidewatch/slo';
import { figure, type Figure } from './figure.js';

/**
 * `quickstart-alerted`: seconds from the demo's bad deploy until both the page and the ticket are delivered;
 * `quickstart-paged`: until the page is.
 *
 * The baseline is arithmetic: how long 15 % errors take to cross the fastest page tier of a 99.99 % objective. No
 * implementation of these tiers can page sooner; what is above it is export, ingest, slices and rounds.
 */
export async function benchQuickstart(): Promise<Figure[]> {
  const { pageSeconds, ticketSeconds } = await runQuickstart();
  const pageTiers = DEFAULT_TIERS.filter((tier) => tier.severity === 'page');
  const times = pageTiers.map(
    (tier) => detectionTime({ target: 0.9999, errorRatio: 0.15, tier }) ?? Infinity,
  );
  const shared = {
    unit: 's',
    baseline: Math.min(...times) / 1_000,
    baselineName: 'closed-form detection time of the fastest page tier at 15 % errors',
    floor: { atMost: 90 },
  };
  return [
    figure({ ...shared, name: 'quickstart-alerted', value: Math.max(pageSeconds, ticketSeconds) }),
    figure({ ...shared, name: 'quickstart-paged', value: pageSeconds }),
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
