import { expect, test } from '@jest/globals';
import { memberTarget, safeHref } from './links.js';
import { sampleEmbeddingMonitor, sampleMonitor, sampleSlo } from './sample-views.js';

test.each([
  ['https://runbooks.example.com/a', 'https://runbooks.example.com/a'],
  ['javascript:alert(1)', null],
  ['docs/runbook.md', null],
  ['', null],
])('%p may be opened as %p', (address, href) => {
  expect(safeHref(address)).toBe(href);
});

test('members of an incident lead to their rule when the page shows it', () => {
  const slo = { ...sampleSlo('ranker'), runbook: 'https://r.example/x' };
  const monitor = sampleMonitor('inputs');
  expect(memberTarget('SLO/ranker/page-fast', [slo], [])).toEqual({
    anchor: 'slo-ranker',
    label: 'ranker · page-fast',
    runbook: 'https://r.example/x',
  });
  expect(memberTarget('SLO/gone/page-fast', [slo], [])).toEqual({
    anchor: null,
    label: 'gone · page-fast',
    runbook: null,
  });
  expect(memberTarget('DriftMonitor/inputs', [], [monitor]).anchor).toBe('monitor-inputs');
  const scenes = sampleEmbeddingMonitor('scenes');
  expect(memberTarget('EmbeddingMonitor/scenes', [], [monitor, scenes]).anchor).toBe('monitor-scenes');
  expect(memberTarget('QualityMonitor/scenes', [], [scenes])).toEqual({
    anchor: null,
    label: 'scenes',
    runbook: null,
  });
  expect(memberTarget('Other/x', [], [])).toEqual({ anchor: null, label: 'Other/x', runbook: null });
});
