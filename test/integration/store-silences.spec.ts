import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Silence } from '@tidewatch/alerts';
import { AWKWARD } from '../harness/awkward-text.js';
import { deployment } from '../harness/prediction-rows.js';
import { STORE_BACKENDS } from '../harness/store-backends.js';
import type { OpenBackend } from '../harness/store-backends.js';
import { storeBlocks } from '../harness/store-blocks.js';

const HOUR = 3_600_000;
const NOW = Date.now();

function silence(id: string, changes: Partial<Silence> = {}): Silence {
  return {
    id,
    matchers: [{ label: 'service', op: 'equals', value: 'ranker-api' }],
    startsAt: NOW - HOUR,
    endsAt: NOW + HOUR,
    comment: 'Load test',
    createdBy: 'anonymous',
    createdAt: NOW,
    withdrawnAt: null,
    ...changes,
  };
}

describe.each(STORE_BACKENDS)('silences on the $name engine', ({ open }) => {
  let backend: OpenBackend;
  beforeAll(async () => {
    backend = await open();
  }, 60_000);
  afterAll(() => backend.close());

  test('one comes back as it was made, whatever its texts, to its project only', async () => {
    const { silences } = backend.store;
    const made = silence('full', {
      matchers: [
        { label: 'a.b', op: 'not', value: AWKWARD[0]! },
        { label: 'model', op: 'matches', value: String.raw`rank\.(er|ing)"` },
        { label: 'team', op: 'not-matches', value: AWKWARD[1]! },
      ],
      startsAt: 1_790_000_000_123,
      endsAt: 1_790_000_999_456,
      comment: AWKWARD.join(' '),
      createdBy: AWKWARD[2]!,
      createdAt: NOW - 1,
    });
    await silences.create('full', made);
    // A request that is sent again makes no second one.
    await silences.create('full', made);
    expect(await silences.list('full')).toEqual([made]);
    expect(await silences.list('other')).toEqual([]);
  });

  test('taking one back keeps it, once and for all', async () => {
    const { silences } = backend.store;
    await silences.create('withdraw', silence('a'));
    const withdrawn = silence('a', { withdrawnAt: NOW + 5 });
    expect(await silences.withdraw('withdraw', 'a', NOW + 5)).toEqual(withdrawn);
    expect(await silences.withdraw('withdraw', 'a', NOW + 9)).toEqual(withdrawn);
    expect(await silences.list('withdraw')).toEqual([withdrawn]);
    // A late repetition of the first row does not bring it back.
    await silences.create('withdraw', silence('a'));
    expect(await silences.list('withdraw')).toEqual([withdrawn]);
    expect(await silences.withdraw('withdraw', 'absent', NOW)).toBeNull();
    expect(await silences.withdraw('other', 'a', NOW)).toBeNull();
    expect(
      await backend.raw(
        "SELECT DISTINCT Version, isNull(WithdrawnAt) AS holds FROM silences WHERE Project = 'withdraw' ORDER BY Version",
      ),
    ).toEqual([
      { Version: 1, holds: 1 },
      { Version: 2, holds: 0 },
    ]);
  });

  test('a list is of a time, of a moment, of one, or of the newest', async () => {
    const { silences } = backend.store;
    const all = [
      silence('over', { startsAt: NOW - 3 * HOUR, endsAt: NOW - 2 * HOUR, createdAt: NOW - 4 }),
      silence('now', { createdAt: NOW - 3 }),
      silence('later', { startsAt: NOW + HOUR, endsAt: NOW + 2 * HOUR, createdAt: NOW - 2 }),
      silence('withdrawn', { createdAt: NOW - 1 }),
    ];
    for (const each of all) {
      await silences.create('list', each);
    }
    await silences.withdraw('list', 'withdrawn', NOW - 10);
    const ids = async (filter: Parameters<typeof silences.list>[1]) =>
      (await silences.list('list', filter)).map(({ id }) => id);
    expect(await ids({})).toEqual(['withdrawn', 'later', 'now', 'over']);
    expect(await ids({ limit: 2 })).toEqual(['withdrawn', 'later']);
    expect(await ids({ id: 'now' })).toEqual(['now']);
    expect(await ids({ range: { from: NOW - 2.5 * HOUR, to: NOW - HOUR } })).toEqual(['over']);
    expect(await ids({ range: { from: NOW - 2 * HOUR, to: NOW + HOUR } })).toEqual(['withdrawn', 'now']);
    expect(await ids({ inForceAt: NOW })).toEqual(['now']);
    expect(await ids({ inForceAt: NOW - 11 })).toEqual(['withdrawn', 'now']);
    expect(await ids({ inForceAt: NOW + HOUR })).toEqual(['later']);
    expect(await ids({ inForceAt: NOW + 2 * HOUR })).toEqual([]);
  });

  test('what is not over is known of all projects', async () => {
    const { silences } = backend.store;
    await silences.create('one', silence('x', { endsAt: NOW + 50 * HOUR, createdAt: NOW + 1 }));
    await silences.create('two', silence('x', { startsAt: NOW + 49 * HOUR, endsAt: NOW + 60 * HOUR }));
    await silences.create('two', silence('y', { endsAt: NOW + 70 * HOUR }));
    await silences.withdraw('two', 'y', NOW);
    const of = async (at: number) =>
      (await silences.notOver(at)).map(({ project, silence: { id } }) => `${project} ${id}`);
    expect(await of(NOW + 48 * HOUR)).toEqual(['one x', 'two x']);
    expect(await of(NOW + 55 * HOUR)).toEqual(['two x']);
    expect(await of(NOW + 60 * HOUR)).toEqual([]);
    expect(await of(NOW)).toContain('one x');
  });

  test('deployments of all projects within a time are listed, the newest first', async () => {
    const { deployments } = backend.store;
    const made = (['a d-1', 'b d-2', 'a d-3'] as const).map((each, index) => {
      const [project = '', deploymentId = ''] = each.split(' ');
      return deployment({ project, deploymentId, timestamp: NOW - index * HOUR });
    });
    for (const each of made) {
      await storeBlocks(backend.store, deployments.encode(each.project, [each]), each.project);
    }
    const found = async (from: number, to: number) =>
      (await deployments.ofAllProjects({ from, to })).map((each) => `${each.project} ${each.deploymentId}`);
    expect(await found(NOW - 2 * HOUR, NOW + 1)).toEqual(['a d-1', 'b d-2', 'a d-3']);
    expect(await found(NOW - 1.5 * HOUR, NOW)).toEqual(['b d-2']);
    expect(await deployments.ofAllProjects({ from: NOW, to: NOW + 1 })).toEqual([made[0]]);
  });
});
