import { describe, expect, test } from '@jest/globals';
import { evaluationStall, isWaitingForData, overallOf } from './overall.js';
import type { OverallInput } from './overall.js';
import {
  sampleCounts,
  sampleEmbeddingMonitor,
  sampleEncoder,
  sampleIncident,
  sampleMonitor,
  sampleProcess,
  sampleSlo,
  sampleStatus,
  sampleTier,
} from './sample-views.js';

const paging = sampleSlo('paging', { state: 'breach', tiers: [sampleTier({ state: 'firing' })] });
const ticketing = sampleSlo('slow', {
  state: 'breach',
  tiers: [sampleTier({ state: 'firing', severity: 'ticket' })],
});
const drifting = sampleMonitor('inputs', { state: 'alarm' });

function overall(part: Partial<OverallInput>) {
  return overallOf({ slos: [], monitors: [], encoders: [], open: [], stale: false, ...part });
}

describe('overallOf', () => {
  test.each<[string, Partial<OverallInput>, string, string, string]>([
    [
      'a firing page tier',
      { slos: [paging, ticketing], monitors: [drifting] },
      'critical',
      '2 burning, 1 drifting',
      '',
    ],
    ['only ticket tiers', { slos: [ticketing] }, 'warning', '1 burning', ''],
    ['drift alone', { monitors: [drifting], slos: [sampleSlo('a')] }, 'warning', '1 drifting', ''],
    [
      'a monitor that fails',
      { monitors: [sampleMonitor('m', { state: 'error' })] },
      'warning',
      '1 failing to run',
      '',
    ],
    [
      'an embedding that drifts',
      { monitors: [sampleEmbeddingMonitor('scenes')] },
      'warning',
      '1 drifting',
      '',
    ],
    [
      'an encoder that failed',
      {
        slos: [sampleSlo('a')],
        encoders: [sampleEncoder('a', { state: 'failed' }), sampleEncoder('b')],
      },
      'warning',
      '1 encoder failed',
      '',
    ],
    ['encoders alone', { encoders: [sampleEncoder('a')] }, 'muted', 'Nothing judged yet', ''],
    [
      'encoders that could not be read',
      { slos: [sampleSlo('a')], encoders: null },
      'ok',
      'All quiet',
      'encoders not read',
    ],
    ['calm verdicts', { slos: [sampleSlo('a')], monitors: [sampleMonitor('m')] }, 'ok', 'All quiet', ''],
    [
      'an incident that outlives its cause',
      { slos: [sampleSlo('a')], open: [sampleIncident('i', { severity: 'page' })] },
      'critical',
      '1 open incident',
      '',
    ],
    ['no rules', {}, 'muted', 'No rules loaded', ''],
    [
      'rules without a verdict',
      { slos: [sampleSlo('a', null)] },
      'muted',
      'Nothing judged yet',
      '1 SLO without data',
    ],
    [
      'some rules without data',
      {
        slos: [sampleSlo('a'), sampleSlo('b', { state: 'frozen' })],
        monitors: [sampleMonitor('m', { state: 'watch' })],
      },
      'ok',
      'All quiet',
      '1 on watch, 1 SLO without data',
    ],
    ['nothing read yet', { slos: null, monitors: null, open: null }, 'muted', 'Reading state', ''],
    [
      'nothing ever read',
      { slos: null, monitors: null, open: null, stale: true },
      'muted',
      'State unknown',
      '',
    ],
    [
      'unread monitors beside calm SLOs',
      { slos: [sampleSlo('a')], monitors: null },
      'muted',
      'State partly unknown',
      'monitors not read',
    ],
    [
      'unread monitors beside a burning SLO',
      { slos: [paging], monitors: null },
      'critical',
      '1 burning',
      'monitors not read',
    ],
    ['old calm data', { slos: [sampleSlo('a')], stale: true }, 'muted', 'Last known: all quiet', ''],
    ['old burning data', { slos: [paging], stale: true }, 'critical', 'Last known: 1 burning', ''],
  ])('%s', (_name, input, tone, headline, caveat) => {
    expect(overall(input)).toEqual({ tone, headline, caveat });
  });
});

describe('evaluationStall', () => {
  test('a server that keeps evaluating is not stalled', () => {
    expect(evaluationStall(sampleStatus({ evaluation: { lastAt: 880_000 } }), 1_000_000)).toBeNull();
  });
  test('the stall is counted from the last evaluation, or from the start when there was none', () => {
    expect(evaluationStall(sampleStatus({ evaluation: { lastAt: 700_000 } }), 1_000_000)).toBe(300_000);
    expect(evaluationStall(sampleStatus({ startedAt: 800_000 }), 1_000_000)).toBe(200_000);
    expect(evaluationStall(sampleStatus({ startedAt: 990_000 }), 1_000_000)).toBeNull();
  });
});

describe('isWaitingForData', () => {
  const status = sampleStatus();

  test('one stored prediction ends the wait for first data', () => {
    expect(isWaitingForData(status)).toBe(true);
    expect(isWaitingForData({ ...status, ingest: { ...status.ingest, predictionsStored: 1 } })).toBe(false);
  });
  test('so does the first span, which is no point and no prediction', () => {
    const process = sampleProcess({ traces: sampleCounts({ received: 1, pending: 1 }) });
    expect(isWaitingForData({ ...status, ingest: { ...status.ingest, process } })).toBe(false);
  });
  test('while the store does not answer nobody knows', () => {
    expect(isWaitingForData({ ...status, ingest: { ...status.ingest, pointsStored: null } })).toBe(false);
  });
});
