import { beforeAll, describe, expect, test } from '@jest/globals';
import { runHostile, type HostileResult } from './hostile.js';

let result: HostileResult;
beforeAll(async () => {
  result = await runHostile({ mutations: 5_000, seed: 20_261_124 });
}, 180_000);

describe('payloads made to hurt', () => {
  test('bombs, nests and giants are answered, never with 500 and never by hanging up', () => {
    // 400 malformed, 413 too large; 200 where the payload is odd but legal. 503 would make a client send it for ever.
    const wrong = Object.entries(result.answers).filter(([, status]) => ![200, 400, 413].includes(status));
    expect(wrong).toEqual([]);
    expect(result.answers['a gzip bomb beyond the limit']).toBe(413);
  });

  test('mutated payloads are taken or refused', () => {
    const statuses = Object.keys(result.mutationAnswers);
    expect(statuses.filter((status) => !['200', '400'].includes(status))).toEqual([]);
    expect(Object.values(result.mutationAnswers).reduce((sum, count) => sum + count, 0)).toBe(5_000);
    // Both must occur, or the mutations are too weak or too strong to show anything.
    expect(statuses.length).toBe(2);
  });

  test('none holds the event loop up for more than 100 ms', () => {
    expect(result.longestStall.stallMs <= 100 ? 'fine' : result.longestStall).toBe('fine');
  });

  test('the server goes on storing', () => {
    expect(result.storesAfterwards).toBe(true);
  });
});
