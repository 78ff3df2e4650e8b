import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { LIMITS } from '@tidewatch/samples';
import { STORE_BACKENDS, type OpenBackend } from '../harness/store-backends.js';

const fixture = (name: string) => readFile(`test/fixtures/parquet/${name}`);

describe.each(STORE_BACKENDS)('Parquet datasets, store $name', ({ open }) => {
  let backend: OpenBackend;
  beforeAll(async () => {
    backend = await open();
  }, 60_000);
  afterAll(() => backend.close());
  const read = (bytes: Uint8Array, limits = LIMITS) => backend.store.datasets.readParquet(bytes, limits);

  test('reads what pyarrow wrote: numbers, texts, booleans, nulls, NaN and infinities', async () => {
    const { table, ignored } = await read(await fixture('samples.parquet'));
    expect(table.rows).toBe(1_000);
    const { features } = table;
    expect(Object.keys(features)).toEqual([
      ...['amount', 'visits', 'ratio', 'country', 'member', 'output:score', 'odd `"name\\', 'nothing'],
    ]);
    expect(features['amount']).toMatchObject({ type: 'numeric', nulls: 10, notFinite: 0 });
    // Row groups are read at once, and rows of a file are in no order that matters.
    expect(Array.from(features['amount']!.values).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 1_000 }, (_, k) => k / 8).filter((_, k) => k % 100 !== 0),
    );
    expect(features['ratio']).toMatchObject({ nulls: 0, notFinite: 2 });
    expect(features['ratio']!.values).toHaveLength(998);
    expect(features['country']).toEqual({
      type: 'text',
      values: [],
      categories: { DE: 653, FR: 327 },
      nulls: 20,
      notFinite: 0,
    });
    expect(features['member']).toMatchObject({ type: 'boolean', categories: { true: 250, false: 750 } });
    expect(features['odd `"name\\']!.values).toHaveLength(1_000);
    expect(features['nothing']).toMatchObject({ categories: {}, nulls: 1_000 });
    expect(ignored).toEqual(['at', 'tags']);
  });

  test.each<[string, (good: Buffer) => Uint8Array | Promise<Uint8Array>, string]>([
    ['text', () => Buffer.from('amount,country\n1,DE\n'), 'cannot read it as Parquet'],
    ['nothing', () => Buffer.alloc(0), 'cannot be read'],
    ['half a file', (good) => good.subarray(0, good.length / 2), 'cannot read it as Parquet'],
    [
      'a file with overwritten pages',
      (good) => Buffer.concat([good.subarray(0, 100), Buffer.alloc(3_000, 7), good.subarray(3_100)]),
      'cannot read it as Parquet',
    ],
    ['a file of lists alone', () => fixture('no-features.parquet'), 'no column of numbers'],
  ])('refuses %s and goes on', async (_what, spoil, problem) => {
    const good = await fixture('samples.parquet');
    const refusal = await read(await spoil(good)).then(
      () => null,
      (error: unknown) => error as Error,
    );
    expect(refusal).toMatchObject({ code: 'samples.malformed' });
    expect(refusal!.message).toContain(problem);
    // Whoever uploads need not know where the file lay, nor which statement read it.
    expect(refusal!.message).not.toMatch(/\.parquet|tmp|datasets\.|\.\s*\.$/);
    expect((await read(good)).table.rows).toBe(1_000);
  });

  test('refuses what is beyond the limits', async () => {
    const good = await fixture('samples.parquet');
    await expect(read(good, { ...LIMITS, entries: 9 } as never)).rejects.toThrow('10 columns, and at most 9');
    await expect(read(good, { ...LIMITS, nameLength: 5 } as never)).rejects.toThrow('1 to 5 characters');
    await expect(read(good, { ...LIMITS, textLength: 1 } as never)).rejects.toThrow('country has a text');
  });
});
