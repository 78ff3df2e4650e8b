import { describe, expect, test } from '@jest/globals';
import { maintenanceWindowSchema } from './maintenance-window-schema.js';

const SPEC = {
  match: { service: 'search-api' },
  from: '2026-11-29T02:00',
  to: '2026-11-29T04:00',
  rrule: 'FREQ=WEEKLY;BYDAY=SU',
  timeZone: 'Europe/Berlin',
  comment: 'The index is rebuilt',
};
const document = (spec: object = {}): unknown => ({
  apiVersion: 'tidewatch.dev/v1',
  kind: 'MaintenanceWindow',
  metadata: { name: 'index-rebuild' },
  spec: { ...SPEC, ...spec },
});

test('a document becomes a window, its times by the clocks of the zone', () => {
  expect(maintenanceWindowSchema.parse(document())).toEqual({
    name: 'index-rebuild',
    labels: {},
    matchers: [{ label: 'service', op: 'equals', value: 'search-api' }],
    from: Date.UTC(2026, 10, 29, 1),
    to: Date.UTC(2026, 10, 29, 3),
    rrule: 'FREQ=WEEKLY;BYDAY=SU',
    timeZone: 'Europe/Berlin',
    comment: 'The index is rebuilt',
  });
});

test.each([
  ['an offset counts', { from: '2026-11-29T02:00:00Z', to: '2026-11-29T04:00:00Z', rrule: undefined }, 2],
  ['UTC where no zone is said', { timeZone: undefined }, 2],
  ['a rule as calendars write it', { rrule: 'rrule:freq=weekly' }, 1],
])('%s', (_what, spec, hour) => {
  expect(maintenanceWindowSchema.parse(document(spec)).from).toBe(Date.UTC(2026, 10, 29, hour));
});

describe('what is wrong is refused where it stands', () => {
  test.each<[string, object, string, RegExp]>([
    ['no beginning', { from: undefined }, 'spec.from', /must be a time such as/],
    ['a time in words', { to: 'later' }, 'spec.to', /must be a time such as .*, and is "later"$/],
    ['an end before the beginning', { to: '2026-11-29T02:00' }, 'spec.to', /after the start/],
    ['more than 30 days', { to: '2027-01-01T02:00', rrule: '' }, 'spec.to', /at most 30 days/],
    [
      'a zone that does not exist',
      { timeZone: 'Europe/Atlantis' },
      'spec.timeZone',
      /IANA time zone .* "Europe\/Atlantis"/,
    ],
    ['an hourly rule', { rrule: 'FREQ=HOURLY' }, 'spec.rrule', /nothing recurs more often than daily/],
    [
      'a beginning that is none of the rule',
      { rrule: 'FREQ=WEEKLY;BYDAY=MO' },
      'spec.from',
      /Sunday 2026-11-29 02:00:00 is none, the first is Monday 2026-11-30/,
    ],
    ['everything', { match: {} }, 'spec.match', /must ask for something/],
    ['no comment', { comment: undefined }, 'spec.comment', /a sentence/],
    ['an unknown key', { duration: '2h' }, 'spec', /duration/],
  ])('%s', (_what, spec, path, message) => {
    const issues = maintenanceWindowSchema.safeParse(document(spec)).error?.issues ?? [];
    expect(issues.map((issue) => issue.path.join('.'))).toEqual([path]);
    expect(issues[0]?.message).toMatch(message);
  });
});
