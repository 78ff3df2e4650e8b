import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { removeFolders, startJournal, unbalanced, until } from '../fixtures/journal-run.js';
import { blockOf, DAY, recordOf } from '../fixtures/records.js';

afterAll(removeFolders);

describe('dead letters', () => {
  async function withDeadLetter() {
    const run = await startJournal();
    run.sink.poison.add('points/1');
    await run.journal.append(recordOf(1, { items: 2, blocks: [blockOf({ rows: 2, bytes: '1;' })] }));
    await run.journal.append(
      recordOf(2, { signal: 'traces', blocks: [blockOf({ layout: 'spans/1', bytes: '2;' })] }),
    );
    await run.journal.flushed();
    const [letter] = await run.journal.deadLetters();
    return { ...run, letter: letter! };
  }

  test('a batch that can never be stored is put aside and the rest goes on', async () => {
    const { journal, sink, events, letter } = await withDeadLetter();
    expect(letter).toMatchObject({
      layout: 'points/1',
      day: DAY,
      rows: 2,
      bytes: 2,
      code: 'store.bad-rows',
      message: 'Cannot parse the rows.',
      projects: ['default'],
      items: { metrics: 2 },
    });
    expect(sink.numbers()).toEqual([2]);
    expect(sink.announced).toHaveLength(1);
    expect(events).toMatchObject([{ kind: 'dead-letter', name: letter.name, token: letter.token }]);
    expect(journal.status()).toMatchObject({ segments: 0, deadLetters: { count: 1 } });
    expect(journal.status().bytes).toBe(journal.status().deadLetters.bytes);
    expect(journal.status().perSignal.metrics).toMatchObject({ received: 2, pending: 2, deadLettered: 2 });
    expect(journal.oldestPendingTime()).toBeNull();
    expect(unbalanced(journal)).toEqual([]);
    await journal.close();
  });

  test('retried it is stored under its old token and announced, as long as it is refused it stays', async () => {
    const { journal, sink, letter } = await withDeadLetter();
    await expect(journal.retryDeadLetter(letter.name)).rejects.toMatchObject({ code: 'store.bad-rows' });
    expect(await journal.deadLetters()).toHaveLength(1);
    sink.poison.clear();
    await journal.retryDeadLetter(letter.name);
    expect(sink.stored.get(letter.token)).toBe('1;');
    expect(sink.announced.at(-1)).toEqual([letter.token]);
    expect(journal.status().perSignal.metrics).toMatchObject({ stored: 2, pending: 0, deadLettered: 0 });
    await expect(journal.retryDeadLetter(letter.name)).rejects.toMatchObject({
      code: 'journal.no-dead-letter',
    });
    expect(unbalanced(journal)).toEqual([]);
    await journal.close();
  });

  test('dropped it counts as rejected', async () => {
    const { journal, letter } = await withDeadLetter();
    await journal.dropDeadLetter(letter.name);
    expect(journal.status().perSignal.metrics).toMatchObject({ rejected: 2, pending: 0, deadLettered: 0 });
    expect(journal.status().bytes).toBe(0);
    expect(unbalanced(journal)).toEqual([]);
    await journal.close();
  });

  test('it outlives a restart', async () => {
    const first = await withDeadLetter();
    const { sink, letter } = first;
    const { journal } = await startJournal({ dir: await first.crash(), sinkOf: sink });
    expect(await journal.deadLetters()).toEqual([letter]);
    expect(journal.status().perSignal.metrics).toMatchObject({ received: 2, pending: 2, deadLettered: 2 });
    sink.poison.clear();
    await journal.retryDeadLetter(letter.name);
    expect(sink.numbers()).toEqual([1, 2]);
    expect(unbalanced(journal)).toEqual([]);
    await journal.close();
  });

  test('while its segment is not done it cannot be touched, and a crash then does not count it twice', async () => {
    const first = await startJournal();
    const { journal, sink } = first;
    sink.poison.add('points/1');
    sink.afterInsert = () => {
      sink.down = true;
    };
    await journal.append(recordOf(1));
    await journal.append(
      recordOf(2, { signal: 'traces', blocks: [blockOf({ layout: 'spans/1', bytes: '2;' })] }),
    );
    const flushing = journal.flushed().catch(() => undefined);
    await until(() => sink.down && sink.attempts > 2);
    const [letter] = await journal.deadLetters();
    await expect(journal.dropDeadLetter(letter!.name)).rejects.toMatchObject({ code: 'journal.busy' });
    const dir = await first.crash();
    await flushing;
    sink.poison.clear();
    sink.down = false;
    sink.afterInsert = () => undefined;
    const second = await startJournal({ dir, sinkOf: sink });
    await second.journal.flushed();
    expect(sink.numbers()).toEqual([2]);
    expect(second.journal.status().perSignal.metrics).toMatchObject({ received: 1, deadLettered: 1 });
    await second.journal.retryDeadLetter(letter!.name);
    expect(sink.numbers()).toEqual([1, 2]);
    expect(unbalanced(second.journal)).toEqual([]);
    await second.journal.close();
  });

  test('its file explains itself in the first line; a damaged one is never stored and never in the way', async () => {
    const first = await withDeadLetter();
    const { sink, letter } = first;
    const dir = await first.crash();
    const [name] = readdirSync(join(dir, 'dead-letter'));
    const file = join(dir, 'dead-letter', name!);
    const bytes = readFileSync(file);
    expect(JSON.parse(bytes.toString('latin1').split('\n')[0]!)).toMatchObject({
      token: letter.token,
      layout: 'points/1',
      day: DAY,
      rows: 2,
      code: 'store.bad-rows',
    });
    bytes[bytes.length - 5]! ^= 1;
    writeFileSync(file, bytes);
    writeFileSync(join(dir, 'dead-letter', 'other.batch'), 'garbage');
    sink.poison.clear();
    const { journal, events } = await startJournal({ dir, sinkOf: sink });
    expect(events).toMatchObject([{ kind: 'damaged', file: join(dir, 'dead-letter', 'other.batch') }]);
    await expect(journal.retryDeadLetter(letter.name)).rejects.toMatchObject({
      code: 'journal.dead-letter-damaged',
    });
    expect(sink.numbers()).toEqual([2]);
    await journal.dropDeadLetter(letter.name);
    expect(unbalanced(journal)).toEqual([]);
    await journal.close();
  });
});
