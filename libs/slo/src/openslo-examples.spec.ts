import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { exportOpenSlo, type ResolvedSlos, type SloMode } from '@tidewatch/slo';
import { parse, parseAllDocuments } from 'yaml';
import { described, resolveAll } from '../fixtures/slo-document.js';

/** All documents of one of OpenSLO's files. A list stands for as many documents. */
function documentsOf(name: string): unknown[] {
  const text = readFileSync(new URL(`../fixtures/openslo/${name}.yaml`, import.meta.url), 'utf8');
  return [parse(text) as unknown].flat();
}

const SLOS = [
  'occurences-slo',
  'ratio-timeslices',
  'timeslices-slo',
  'low-traffic-timeslices-slo',
  'go-sdk/slos',
];
const OTHERS = [
  'go-sdk/alert-conditions',
  'go-sdk/alert-notification-targets',
  'go-sdk/alert-policies',
  'go-sdk/data-sources',
  'go-sdk/services',
  'go-sdk/slis',
];

const read = (name: string, mode: SloMode): ResolvedSlos => resolveAll(documentsOf(name), mode);
const OP_ON_RATIO =
  'op: belongs to a thresholdMetric; a ratioMetric has nothing to compare, so it means nothing: leave it out';

describe('OpenSLO’s own examples, in lenient mode', () => {
  test.each([...SLOS, ...OTHERS])('%s loads', (name) => {
    expect(read(name, 'lenient').problems).toEqual([]);
  });

  test('all of them together load', () => {
    const { slos, problems } = resolveAll([
      // Two of OpenSLO's examples are called service-availability.
      ...SLOS.filter((name) => name !== 'low-traffic-timeslices-slo').flatMap(documentsOf),
      ...OTHERS.flatMap(documentsOf),
    ]);
    expect(problems).toEqual([]);
    expect(slos.map((slo) => slo.name)).toEqual([
      'search-slo',
      'main-page',
      'service-availability-internal-objective',
      'service-availability-sla',
      'web-availability',
    ]);
  });

  test.each<[string, string[]]>([
    [
      'occurences-slo',
      [
        'spec.alertPolicies: is empty, which is read as a list of none: the default tiers apply, or those of tidewatch.dev/tiers',
      ],
    ],
    ['ratio-timeslices', [`spec.objectives.0.${OP_ON_RATIO}`]],
    [
      'timeslices-slo',
      [
        'spec.timeWindow.0.duration: is 1m, which is minutes; a month is M: for months write 1M',
        `spec.objectives.0.${OP_ON_RATIO}`,
        'spec.alertPolicies: is empty, which is read as a list of none: the default tiers apply, or those of tidewatch.dev/tiers',
      ],
    ],
    ['low-traffic-timeslices-slo', [`spec.objectives.0.${OP_ON_RATIO}`]],
    ['go-sdk/slos', [`spec.objectives.0.${OP_ON_RATIO}`]],
  ])('%s has what it has wrong as warnings', (name, warnings) => {
    expect(described(read(name, 'lenient').warnings)).toEqual(warnings);
  });

  test('what they say is there, and their sources are foreign', () => {
    const [slo] = read('timeslices-slo', 'lenient').slos;
    expect(slo).toMatchObject({
      name: 'service-availability-internal-objective',
      displayName: 'Reflaction of out availability SLA: Internal objective',
      target: 0.995,
      window: {
        kind: 'calendar',
        amount: 1,
        unit: 'm',
        startTime: '2022-01-01 12:00:00',
        timeZone: 'America/New_York',
      },
      budgeting: { method: 'Timeslices', sliceMs: 60_000, sliceTarget: 0.99, emptySlices: 'ignore' },
      members: [{ name: '', weight: 1, sli: { kind: 'foreign', sourceType: 'Any' } }],
      tiers: [],
      noData: null,
      runbook: '',
    });
  });

  test('a service that is there twice, a data source and a target that are not, are told of', () => {
    expect(described(read('go-sdk/services', 'lenient').warnings, false)).toEqual([
      '1 metadata.name: Service example-service is defined twice; give each Service its own name',
    ]);
    const slis = described(read('go-sdk/slis', 'lenient').warnings, false);
    expect(slis).toHaveLength(6);
    expect(slis[0]).toBe(
      '0 spec.ratioMetric.total.metricSource.metricSourceRef: names my-datadog, which no document of kind DataSource defines; no DataSource document was found',
    );
    expect(described(read('go-sdk/alert-policies', 'lenient').warnings, false)).toContain(
      '0 spec.notificationTargets.0.targetRef: names on-call-mail-notification, which no document of kind AlertNotificationTarget defines; no AlertNotificationTarget document was found',
    );
  });
});

describe('OpenSLO’s own examples, in strict mode', () => {
  test.each(['occurences-slo', ...OTHERS.filter((name) => name !== 'go-sdk/services')])(
    '%s loads',
    (name) => {
      expect(read(name, 'strict').problems).toEqual([]);
    },
  );

  test.each(['ratio-timeslices', 'timeslices-slo', 'low-traffic-timeslices-slo', 'go-sdk/slos'])(
    '%s is refused for op on a ratio, as OpenSLO’s validator does',
    (name) => {
      const { slos, problems } = read(name, 'strict');
      expect(slos).toEqual([]);
      expect(described(problems)).toEqual([`spec.objectives.0.${OP_ON_RATIO}`]);
    },
  );

  test('two services of one name are refused', () => {
    expect(described(read('go-sdk/services', 'strict').problems)).toEqual([
      'metadata.name: Service example-service is defined twice; give each Service its own name',
    ]);
  });
});

test.each(SLOS)('%s leaves as it came', (name) => {
  for (const slo of read(name, 'lenient').slos) {
    const documents = exportOpenSlo(slo);
    const again = resolveAll(documents, 'strict');
    expect({ slos: again.slos, problems: again.problems }).toEqual({ slos: [slo], problems: [] });
    const text = documents.map((document) => JSON.stringify(document)).join('\n---\n');
    expect(resolveAll(parseAllDocuments(text).map((each) => each.toJS() as unknown)).slos).toEqual([slo]);
  }
});
