import { describe, expect, test } from '@jest/globals';
import type { Deployment } from '@tidewatch/samples';
import type { CountedArm } from '@tidewatch/store';
import { versionsInUse } from './versions-in-use.js';

const arm = (version: string, rows: number, variant = ''): CountedArm => ({
  version,
  variant,
  rows,
  firstAt: 0,
  lastAt: 1,
});
const event = (kind: Deployment['kind'], modelVersion: string, part: Partial<Deployment> = {}): Deployment =>
  ({ kind, modelVersion, variant: '', trafficShare: null, ...part }) as Deployment;

describe('the versions in use', () => {
  test.each<[string, CountedArm[], Deployment[], string, string]>([
    ['nothing is known', [], [], '', ''],
    ['one answers', [arm('1', 10)], [event('deploy', '1')], '1', ''],
    ['a newer one was deployed', [arm('1', 10)], [event('deploy', '2'), event('deploy', '1')], '1', '2'],
    [
      'a newer one has a share of the traffic',
      [arm('2', 1, 'canary'), arm('1', 10, 'stable')],
      [event('traffic', '2', { trafficShare: 0.1 }), event('deploy', '2'), event('deploy', '1')],
      '1',
      '2',
    ],
    ['an older one is history', [arm('2', 10)], [event('deploy', '2'), event('deploy', '1')], '2', ''],
    [
      'the newer one was rolled back',
      [arm('1', 10)],
      [event('rollback', '1'), event('deploy', '2'), event('deploy', '1')],
      '1',
      '',
    ],
    [
      'the newest could not be loaded',
      [arm('1', 10)],
      [event('load_failed', '3'), event('deploy', '3'), event('deploy', '2'), event('deploy', '1')],
      '1',
      '2',
    ],
    ['deployments are not reported', [arm('2', 1, 'canary'), arm('1', 9, 'stable')], [], '1', '2'],
    ['two versions answer alike', [arm('2', 1), arm('1', 9)], [], '1', ''],
    ['no predictions name a version', [arm('', 9)], [event('deploy', '2'), event('deploy', '1')], '2', ''],
  ])('when %s', (_, arms, deployments, stable, candidate) => {
    expect(versionsInUse(arms, deployments)).toEqual({ stable, candidate });
  });
});
