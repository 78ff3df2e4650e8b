import { expect, test } from '@jest/globals';
import { correctionTimes, correctionTitle, draftProblem, emptyDraft, requestOf } from './correction-draft.js';
import type { CorrectionView } from './slo-detail-view.js';

const NOW = Date.parse('2026-11-22T10:30:20Z');
const draft = { ...emptyDraft(NOW), reason: ' Database upgrade ' };

test('the form begins with the last hour', () => {
  expect(Date.parse(draft.to)).toBe(Date.parse('2026-11-22T10:30:00Z'));
  expect(Date.parse(draft.to) - Date.parse(draft.from)).toBe(3_600_000);
  expect(emptyDraft(NOW).reason).toBe('');
});

test.each([
  [{}, null],
  [{ from: '' }, 'Give both times.'],
  [{ to: draft.from }, 'The end must be after the beginning.'],
  [{ reason: '  ' }, 'Say why: whoever reads the budget later has to know.'],
])('with %o the draft says %p', (parts, problem) => {
  expect(draftProblem({ ...draft, ...parts })).toBe(problem);
});

test('a draft becomes a request for one SLO, or for all', () => {
  expect(requestOf(draft, 'ranker', 'Europe/Berlin')).toEqual({
    slos: ['ranker'],
    category: 'planned-maintenance',
    effect: 'remove',
    from: '2026-11-22T09:30:00.000Z',
    to: '2026-11-22T10:30:00.000Z',
    rrule: '',
    timeZone: 'Europe/Berlin',
    reason: 'Database upgrade',
  });
  expect(requestOf({ ...draft, everywhere: true, repeat: 'FREQ=WEEKLY' }, 'ranker', 'UTC')).toMatchObject({
    slos: [],
    rrule: 'FREQ=WEEKLY',
    timeZone: 'UTC',
  });
});

test('a correction in words', () => {
  const correction: CorrectionView = {
    ...{ id: 'a', slos: [], category: 'false-data', effect: 'count-as-good', reason: '', actor: '' },
    ...{ from: Date.parse('2026-11-22T10:00:00Z'), to: Date.parse('2026-11-22T12:30:00Z') },
    ...{ rrule: '', timeZone: 'UTC', createdAt: NOW, withdrawnAt: null },
  };
  expect(correctionTitle(correction)).toBe('False data, count all as good');
  expect(correctionTimes(correction, 'UTC')).toBe('22 Nov 10:00 to 12:30');
  expect(correctionTimes({ ...correction, to: correction.to + 86_400_000 }, 'UTC')).toBe(
    '22 Nov 10:00 to 23 Nov 12:30',
  );
  expect(correctionTimes({ ...correction, rrule: 'FREQ=WEEKLY;BYDAY=SU' }, 'UTC')).toBe(
    '22 Nov 10:00 to 12:30, then FREQ=WEEKLY;BYDAY=SU (UTC)',
  );
  expect(correctionTimes({ ...correction, rrule: 'FREQ=DAILY' }, 'UTC')).toBe(
    '22 Nov 10:00 to 12:30, then every day (UTC)',
  );
});
