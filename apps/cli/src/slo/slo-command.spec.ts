import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ruleFile, slo, sloDocument } from '../../fixtures/slo-shell.js';

const folder = mkdtempSync(join(tmpdir(), 'tidewatch-slo-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string, ...documents: (object | string)[]): string =>
  ruleFile(folder, name, ...documents);

const MONITOR = `
apiVersion: tidewatch.dev/v1
kind: MetricMonitor
metadata: {name: gpu-busy}
spec:
  levels:
    warn: {when: {gauge: hw.gpu.utilization, window: 1m, above: 0.9}, hold: 10m}
`;

describe('slo validate', () => {
  test('counts what is right', async () => {
    const path = file('right.yaml', sloDocument('ranker-availability'), MONITOR);
    expect(await slo('validate', path)).toEqual({
      code: 0,
      out: '1 SLO, 1 monitor in 1 file: nothing is wrong.\n',
      err: '',
    });
  });

  test('names all that is wrong, of all files, with file, line and path', async () => {
    const first = file(
      'first.yaml',
      sloDocument('a', { objectives: [{ target: 2 }] }),
      MONITOR.replace('1m', 'soon'),
    );
    const second = file('second.yaml', 'apiVersion: prometheus/v1\n', sloDocument('b', { surprise: true }));
    const { code, out } = await slo('validate', first, second);
    expect(code).toBe(1);
    expect(out).toMatch(new RegExp(`^error: ${first}:\\d+ spec\\.objectives\\[0\\]\\.target: `, 'm'));
    expect(out).toMatch(new RegExp(`^error: ${first}:\\d+ spec\\.levels\\.warn\\.when.*: `, 'm'));
    expect(out).toMatch(new RegExp(`^error: ${second}:1 apiVersion: must be openslo/v1.*slo import`, 'm'));
    expect(out).toMatch(new RegExp(`^error: ${second}:\\d+ spec\\.surprise: `, 'm'));
    expect(out).toMatch(/0 SLOs, 0 monitors in 2 files: 4 problems, 0 warnings, 0 hints\.\n$/);
    const json = JSON.parse((await slo('validate', '--json', first, second)).out) as { problems: object[] };
    expect(json.problems).toHaveLength(4);
    expect(json.problems[0]).toMatchObject({ file: first, path: 'spec.objectives[0].target' });
  });

  test('hints at what needs no data to be unwise', async () => {
    const path = file('unwise.yaml', sloDocument('five-nines', { objectives: [{ target: 0.99999 }] }));
    const { code, out } = await slo('validate', path);
    expect(code).toBe(0);
    expect(out).toMatch(/^hint: .*unwise\.yaml:4 five-nines: has a budget of 26s of outage/m);
    expect(out).toContain('0 problems, 0 warnings, 1 hint.');
  });

  test('what cannot be read is a usage error', async () => {
    const missing = await slo('validate', join(folder, 'missing.yaml'));
    expect([missing.code, missing.out]).toEqual([2, '']);
    expect(missing.err).toMatch(/missing\.yaml cannot be read: ENOENT.*\n\[cli\.file\]/s);
    expect((await slo('validate')).code).toBe(2);
    expect((await slo('validate', '--strict', '--lenient', folder)).code).toBe(2);
  });
});

describe('slo plan', () => {
  test('prints a table whose first row is a total outage', async () => {
    const path = file('plan.yaml', sloDocument('ranker-availability'));
    const { code, out } = await slo('plan', path);
    expect(code).toBe(0);
    expect(out).toMatch(
      /^ranker-availability: 99\.9 % over 30d\n {2}page-fast \(page\): burn 14\.4 over 1h and 5m, from 5 bad events on\n/,
    );
    expect(out).toMatch(
      /\n *100 % +1000 +43\.2 min +51\.8 s \/ 4\.93 min, 2 % +2\.16 min \/ 29\.8 min, 5 % /,
    );
    expect(out).toMatch(/\n *0\.11 % +1\.1 +27\.3 d +never +never +never +2\.73 d \/ 32\.7 min, 10 % /);
    expect(out.split('\n').filter((line) => /^ *[\d.]+ % /.test(line))).toHaveLength(10);
  });

  test('says what little traffic does', async () => {
    const path = file('plan.yaml', sloDocument('ranker-availability'));
    const { out } = await slo('plan', path, '--rate', '0.01', '--errors', '100,50 %');
    expect(out).toMatch(/100 % +1000 +43\.2 min +8\.33 min \/ 4\.93 min, 19\.3 % \*/);
    expect(out).toContain('waits for its minimum of bad events');
    const json = JSON.parse((await slo('plan', path, '--json')).out) as { rows: unknown[] }[];
    expect(json[0]?.rows).toHaveLength(10);
  });

  test.each([
    [['--slo', 'other'], /defines no SLO other\. It defines ranker-availability/],
    [['--errors', '0'], /numbers above 0/],
    [['--rate', 'much'], /number above 0/],
  ])('%j cannot run', async (options, message) => {
    const { code, out, err } = await slo(
      'plan',
      file('plan.yaml', sloDocument('ranker-availability')),
      ...options,
    );
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(message);
  });

  test('rules with problems cannot be planned', async () => {
    const { code, err } = await slo(
      'plan',
      file('bad.yaml', sloDocument('a', { objectives: [{ target: 1 }] })),
    );
    expect(code).toBe(2);
    expect(err).toMatch(/bad\.yaml:\d+ spec\.objectives\[0\]\.target/);
  });
});

describe('slo test', () => {
  const FIXTURE = `name: an outage pages
rules: [tested.yaml]
series:
  - {metric: inference.requests, labels: {service: ranker-api}, type: counter, values: 0+100x720}
  - {metric: inference.errors, labels: {service: ranker-api}, type: counter, values: 0x360 100+100x359}
  - {metric: hw.gpu.utilization, type: gauge, values: 0.95x720}
expect:
  - {at: 59m, slo: ranker, state: ok, alerts: []}
  - {at: 62m, slo: ranker, state: breach, tiers: {page-fast: firing}}
  - {at: 20m, monitor: gpu-busy, state: watch, level: warn}
`;
  beforeAll(() => {
    file('tested.yaml', sloDocument('ranker'), MONITOR);
  });

  test('passes what comes as expected', async () => {
    const path = file('good.test.yaml', FIXTURE);
    expect(await slo('test', path)).toEqual({
      code: 0,
      out: `pass  ${path}  an outage pages\n1 fixture, 6 expectations: all are met.\n`,
      err: '',
    });
  });

  test('shows what came instead, on its line', async () => {
    const path = file('bad.test.yaml', FIXTURE.replace('page-fast: firing', 'page-fast: ok'));
    const { code, out } = await slo('test', path);
    expect(code).toBe(1);
    expect(out).toContain(`FAIL  ${path}  an outage pages\n`);
    expect(out).toContain(
      `  ${path}:9 SLO ranker at 1h2m, tier page-fast: expected ok, got firing\n    Burning the error budget`,
    );
    expect(out).toMatch(/1 fixture, 6 expectations: 1 failure\.\n$/);
    const json = JSON.parse((await slo('test', '--json', path)).out) as {
      passed: boolean;
      fixtures: unknown[];
    };
    expect([json.passed, json.fixtures.length]).toEqual([false, 1]);
  });

  test.each([
    [
      'a name that no rule has',
      FIXTURE.replace('slo: ranker,', 'slo: rankre,'),
      /:8 expect\[0\]\.slo: names SLO rankre/,
    ],
    [
      'a slip in a series',
      FIXTURE.replace('0+100x720', '0+100y720'),
      /:4 series\[0\]\.values: has the entry "0\+100y720"/,
    ],
    ['an unknown key', FIXTURE.replace('name:', 'title:'), /:1 title: is not a known key/],
    ['nothing', '', /holds no fixture/],
  ])('%s is a failure with its line', async (_, text, message) => {
    const { code, out } = await slo('test', file('wrong.test.yaml', text));
    expect(code).toBe(1);
    expect(out).toMatch(message);
  });
});

describe('slo import and export', () => {
  const SLOTH = `version: prometheus/v1
service: myservice
slos:
  - name: requests-availability
    objective: 99.9
    sli:
      events:
        error_query: sum(rate(http_requests_total{job="myservice",code=~"5.."}[{{.window}}]))
        total_query: sum(rate(http_requests_total{job="myservice"}[{{.window}}]))
    alerting: {name: A}
  - name: by-plugin
    objective: 99.9
    sli: {plugin: {id: sloth-common/x}}
    alerting: {name: B}
`;

  test('prints what can be translated, and names what cannot', async () => {
    const { code, out, err } = await slo(
      'import',
      file('sloth.yaml', SLOTH),
      '--runbook',
      'https://example.com/runbooks',
    );
    expect(code).toBe(1);
    expect(out).toMatch(/^apiVersion: openslo\/v1\nkind: SLO\n/);
    expect(err).toMatch(/^not imported: .*by-plugin.*plugin/m);
    const imported = file('imported.yaml', out);
    expect((await slo('validate', imported)).out).toMatch(/^(hint: .*\n|warning: .*\n|\n)*1 SLO, 0 monitors/);
    const exported = await slo('export', imported);
    expect([exported.code, exported.out.startsWith('apiVersion: openslo/v1')]).toEqual([0, true]);
  });

  test('writes one file per document, and overwrites none', async () => {
    const out = join(folder, 'out');
    const source = file('sloth.yaml', SLOTH);
    const first = await slo('import', source, '--out', out);
    expect(first.out).toMatch(/wrote .*\.yaml/);
    expect(readdirSync(out)).toHaveLength(1);
    const second = await slo('import', source, '--out', out);
    expect([second.code, second.err]).toEqual([2, expect.stringMatching(/cannot be written: EEXIST/)]);
  });

  test('of another tool than the one that was named imports nothing', async () => {
    const { code, err } = await slo('import', file('sloth.yaml', SLOTH), '--from', 'pyrra');
    expect(code).toBe(1);
    expect(err).toMatch(/is a specification of sloth, and only those of pyrra were asked for/);
  });
});
