import { expect, test } from '@jest/globals';
import { fileURLToPath } from 'node:url';
import { readRules } from '@tidewatch/config';
import { PRESETS } from '@tidewatch/scrape';

function rulesIn(folder: string) {
  return readRules(fileURLToPath(new URL(folder, import.meta.url)), true);
}

test('the targets to copy are valid, one for each preset', () => {
  const { scrapeTargets } = rulesIn('scrape');
  expect(new Set(scrapeTargets.map(({ preset }) => preset))).toEqual(new Set([...PRESETS, null]));
  expect(scrapeTargets.find(({ preset }) => preset === null)).toMatchObject({
    intervalMs: 30_000,
    mapping: { rename: { model_id: 'model.name' } },
    headers: [{ prefix: 'Bearer ', secret: { file: '/run/secrets/ranker-token' } }],
  });
});

test('the samplings to copy are valid', () => {
  expect(rulesIn('sampling').sampling.map(({ name, signal, keep }) => [name, signal, keep])).toEqual([
    ['health-checks', 'traces', 0],
    ['ranker-traces', 'traces', 0.1],
    ['ranker-logs', 'logs', 0.1],
    ['ranker-predictions', 'predictions', 0.2],
  ]);
});

test('the quickstart does not read them: nothing there listens, and the demo wants every span', () => {
  expect(rulesIn('.')).toMatchObject({ scrapeTargets: [], sampling: [] });
});
