import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { seededNormal, seededRandom } from '@tidewatch/core';
import { openStore, type BucketSums, type SummedStream, type SummedVectors } from '@tidewatch/store';
import { AWKWARD } from '../harness/awkward-text.js';
import { STORE_BACKENDS } from '../harness/store-backends.js';
import type { OpenBackend } from '../harness/store-backends.js';

const BUCKET = 300_000;
const DAY = 86_400_000;
/** The first buckets of a month, and the last of the month before. */
const MONTH = Date.UTC(new Date().getUTCFullYear(), new Date().getUTCMonth(), 1);
const ENCODER = { name: 'image', sha256: 'ab' };
const random = seededRandom(3);

function drawSums(partial: Partial<BucketSums> & Pick<BucketSums, 'bucket'>): BucketSums {
  const numbers = (size: number): Float64Array =>
    Float64Array.from({ length: size }, () => seededNormal(random));
  return {
    segment: '',
    modelVersion: '1',
    variant: '',
    count: 1 + Math.floor(random() * 50),
    sum: numbers(5),
    squares: numbers(5),
    // Stored in single precision.
    fourier: Float64Array.from(Float32Array.from(numbers(8))),
    distance: random(),
    distanceSquares: random(),
    clusters: Float64Array.from({ length: 3 }, () => Math.floor(random() * 9)),
    ...partial,
  };
}

function added(rows: readonly SummedVectors[]): SummedVectors {
  const sum = (of: (row: SummedVectors) => Float64Array): Float64Array =>
    (rows[0] === undefined ? new Float64Array(0) : of(rows[0])).map((_, i) =>
      rows.reduce((total, row) => total + of(row)[i]!, 0),
    );
  const total = (of: (row: SummedVectors) => number): number =>
    rows.reduce((value, row) => value + of(row), 0);
  return {
    count: total((row) => row.count),
    sum: sum((row) => row.sum),
    squares: sum((row) => row.squares),
    fourier: sum((row) => row.fourier),
    distance: total((row) => row.distance),
    distanceSquares: total((row) => row.distanceSquares),
    clusters: sum((row) => row.clusters),
  };
}

describe.each(STORE_BACKENDS)('sums of vectors on the $name engine', ({ open }) => {
  let backend: OpenBackend;
  beforeAll(async () => {
    backend = await open();
  }, 60_000);
  afterAll(() => backend.close());

  /** Equal to the last bit: the same numbers, added in the same order. */
  const check = (found: SummedVectors | undefined, rows: readonly SummedVectors[]): void =>
    expect(found).toEqual(added(rows));

  test('a space comes back as it was; versions count up and are not given twice', async () => {
    const { embeddingSums } = backend.store;
    const stream = { model: AWKWARD[0]!, stream: AWKWARD[1]! };
    const space = {
      ...stream,
      encoder: ENCODER,
      dimension: 384,
      document: JSON.stringify({ clusters: 8, text: AWKWARD[2] }),
      numbers: Float32Array.from({ length: 100_000 }, () => seededNormal(random)),
    };
    expect(await embeddingSums.space('p', stream)).toBeNull();
    const before = Date.now();
    const [first, second] = await Promise.all([
      embeddingSums.saveSpace('p', space),
      embeddingSums.saveSpace('p', { ...space, numbers: new Float32Array(0) }),
    ]);
    expect([first.version, second.version]).toEqual([1, 2]);
    expect(first.createdAt).toBeGreaterThanOrEqual(before);
    expect(await embeddingSums.space('p', stream)).toEqual(second);
    expect(await embeddingSums.space('p', stream, 1)).toEqual({
      ...space,
      version: 1,
      createdAt: first.createdAt,
    });
    expect(await embeddingSums.space('p', stream, 3)).toBeNull();
    expect(await embeddingSums.space('other', stream)).toBeNull();
    // Sums of a space whose own row is gone: its number is not given to the next one.
    await embeddingSums.write('p', { ...stream, space: 7, encoder: ENCODER }, [MONTH], []);
    expect((await embeddingSums.saveSpace('p', space)).version).toBe(8);
  });

  describe('sums', () => {
    const stream: SummedStream = { model: 'vision', stream: 'images', space: 1 };
    const at = (index: number): number => MONTH + index * BUCKET;
    // Over the end of a month, which is the end of a partition.
    const rows = [-3, -2, -1, 0, 1, 2, 3, 4].flatMap((index) => [
      drawSums({ bucket: at(index) }),
      drawSums({ bucket: at(index), modelVersion: '2', variant: 'canary' }),
      drawSums({ bucket: at(index), segment: 'region=eu-1' }),
    ]);
    const write = (of: SummedStream, buckets: readonly number[], sums: readonly BucketSums[]) =>
      backend.store.embeddingSums.write('p', { ...of, encoder: ENCODER }, buckets, sums);
    const sums = (ranges: readonly [number, number][], more = {}, of = stream) =>
      backend.store.embeddingSums.sums('p', of, {
        ranges: ranges.map(([from, to]) => ({ from: at(from), to: at(to) })),
        ...more,
      });
    const within = (from: number, to: number, segment = ''): BucketSums[] =>
      rows.filter((row) => row.bucket >= at(from) && row.bucket < at(to) && row.segment === segment);

    beforeAll(async () => {
      await write(stream, [...new Set(rows.map(({ bucket }) => bucket))], rows);
    });

    test('any range is the sum of its buckets, also beside others and across partitions', async () => {
      const found = await sums([
        [-3, 5],
        [0, 2],
        [1, 3],
        [20, 30],
        [-1, 1],
      ]);
      check(found[0], within(-3, 5));
      check(found[1], within(0, 2));
      check(found[2], within(1, 3));
      check(found[3], []);
      check(found[4], within(-1, 1));
      expect(await sums([])).toEqual([]);
      expect(await sums([[-3, 5]])).toEqual([found[0]]);
    });

    test('segments, versions and variants narrow a sum', async () => {
      check((await sums([[0, 5]], { segment: 'region=eu-1' }))[0], within(0, 5, 'region=eu-1'));
      check((await sums([[0, 5]], { segment: 'region=mars' }))[0], []);
      const second = within(0, 5).filter(({ modelVersion }) => modelVersion === '2');
      check((await sums([[0, 5]], { versions: ['2'] }))[0], second);
      check((await sums([[0, 5]], { variants: ['canary', 'x'] }))[0], second);
      check((await sums([[0, 5]], { variants: [] }))[0], []);
      check((await sums([[0, 5]], {}, { ...stream, space: 2 }))[0], []);
      check((await sums([[0, 5]], {}, { ...stream, stream: 'other' }))[0], []);
    });

    test('buckets that were looked at are known, empty ones too', async () => {
      const other = { ...stream, stream: 'looked' };
      const counted = (from: number, to: number) =>
        backend.store.embeddingSums.counted('p', other, { from: at(from), to: at(to) });
      expect(await counted(0, 9)).toEqual([]);
      await write(other, [at(1), at(2), at(3)], [drawSums({ bucket: at(2) })]);
      expect(await counted(0, 9)).toEqual([at(1), at(2), at(3)]);
      expect(await counted(2, 3)).toEqual([at(2)]);
      expect((await sums([[1, 2]], {}, other))[0]).toMatchObject({ count: 0, sum: new Float64Array(0) });
    });

    test('a recount replaces: a version or segment that is gone does not survive, other buckets do', async () => {
      const other = { ...stream, stream: 'recounted' };
      const before = [
        drawSums({ bucket: at(0), modelVersion: '1' }),
        drawSums({ bucket: at(0), modelVersion: '2' }),
        drawSums({ bucket: at(0), segment: 'region=eu-1' }),
        drawSums({ bucket: at(1), modelVersion: '2' }),
      ];
      await write(other, [at(0), at(1)], before);
      const after = [
        drawSums({ bucket: at(0), modelVersion: '1' }),
        drawSums({ bucket: at(0), modelVersion: '3' }),
      ];
      await write(other, [at(0)], after);
      check((await sums([[0, 1]], {}, other))[0], after);
      check((await sums([[0, 2]], {}, other))[0], [...after, before[3]!]);
      check((await sums([[0, 1]], { segment: 'region=eu-1' }, other))[0], []);
      await write(other, [at(0)], []);
      check((await sums([[0, 1]], {}, other))[0], []);
      expect(await backend.store.embeddingSums.counted('p', other, { from: at(0), to: at(1) })).toEqual([
        at(0),
      ]);
      await write(other, [], []);
    });

    test('sums outlive the process', async () => {
      const [found] = await sums([[-3, 5]]);
      await backend.store.close();
      backend.store = await openStore(backend.options);
      expect(await sums([[-3, 5]])).toEqual([found]);
    }, 60_000);
  });

  test('many wide rows are written in several blocks and added up', async () => {
    const stream = { model: 'vision', stream: 'wide', space: 1 };
    const wide = Array.from({ length: 60 }, (_, index) => ({
      ...drawSums({ bucket: MONTH - DAY + index * BUCKET }),
      sum: new Float64Array(12_000).fill(index),
      squares: new Float64Array(12_000).fill(1),
    }));
    await backend.store.embeddingSums.write(
      'p',
      { ...stream, encoder: ENCODER },
      wide.map(({ bucket }) => bucket),
      wide,
    );
    const [found] = await backend.store.embeddingSums.sums('p', stream, {
      ranges: [{ from: MONTH - DAY, to: MONTH }],
    });
    expect([found!.sum.length, found!.sum[11_999], found!.squares[0]]).toEqual([12_000, 1_770, 60]);
  });
});
