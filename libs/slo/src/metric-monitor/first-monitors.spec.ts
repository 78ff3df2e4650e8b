import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse, parseAllDocuments } from 'yaml';
import { fixtureSchema } from '../replay/fixture-document.js';
import { runFixture } from '../replay/run-fixture.js';
import { metricMonitorSchema } from './metric-monitor-schema.js';

const FOLDER = new URL('../../presets/monitors/', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, FOLDER), 'utf8');
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml') && !name.endsWith('.test.yaml'));

describe('the rules people write first', () => {
  test('there are some', () => {
    expect(files.length).toBeGreaterThanOrEqual(7);
  });

  test.each(files)('%s says what its fixture expects, of each of its monitors', (name) => {
    const monitors = parseAllDocuments(read(name)).map((document) =>
      metricMonitorSchema.parse(document.toJS()),
    );
    const fixture = fixtureSchema.parse(parse(read(name.replace('.yaml', '.test.yaml'))));
    const { checks, problems } = runFixture(fixture, { slos: [], monitors });
    expect(problems).toEqual([]);
    expect(checks.filter(({ passed }) => !passed)).toEqual([]);
    expect(new Set(fixture.expect.map(({ monitor }) => monitor))).toEqual(
      new Set(monitors.map((monitor) => monitor.name)),
    );
  });
});
