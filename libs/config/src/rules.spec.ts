import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import type { AppError } from '@tidewatch/core';
import { readRules, secretVariables } from './rules.js';
import { readSecret } from './secrets.js';

const RECEIVER = `
apiVersion: tidewatch.dev/v1
kind: Receiver
metadata: {name: sre-pager}
spec: {type: pagerduty, routingKeyEnv: PAGER_KEY}
`;
const ROUTING = `
apiVersion: tidewatch.dev/v1
kind: Routing
spec: {routes: [{match: {severity: page}, receiver: sre-pager}]}
`;
const MONITOR = `
apiVersion: tidewatch.dev/v1
kind: DriftMonitor
metadata: {name: ranker-inputs}
spec:
  model: ranker
  features: all
  baseline: {kind: fixed, name: training}
`;

const TARGET = `
apiVersion: tidewatch.dev/v1
kind: ScrapeTarget
metadata: {name: chat-vllm}
spec:
  url: http://localhost:8000
  preset: vllm
  headers: [{name: Authorization, prefix: 'Bearer ', valueEnv: VLLM_TOKEN}]
`;
const ENCODER = `
apiVersion: tidewatch.dev/v1
kind: Encoder
metadata: {name: frames}
spec:
  model: detector
  input: frame
  reference: image
`;
const SAMPLING = `
apiVersion: tidewatch.dev/v1
kind: Sampling
metadata: {name: thin}
spec: {signal: traces, keep: 0.1}
`;

function directory(files: Record<string, string>): string {
  const path = mkdtempSync(join(tmpdir(), 'tidewatch-rules-'));
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(path, name), text);
  }
  return path;
}

function messageOf(files: Record<string, string>): string {
  try {
    readRules(directory(files), true);
  } catch (error) {
    expect((error as AppError).code).toBe('config.rules-invalid');
    return (error as AppError).message;
  }
  throw new Error('The rules were accepted.');
}

test('documents of all kinds are read from all files, several to a file', () => {
  const rules = readRules(
    directory({ 'a.yaml': `${RECEIVER}---${ROUTING}`, 'b.yml': MONITOR, 'notes.txt': 'not a rule' }),
    true,
  );
  expect(rules.files).toEqual(['a.yaml', 'b.yml']);
  expect(rules.receivers.map((receiver) => receiver.name)).toEqual(['sre-pager']);
  expect(rules.monitors.map((monitor) => monitor.name)).toEqual(['ranker-inputs']);
  expect(rules.routing.routes).toHaveLength(1);
  expect([...secretVariables(rules)]).toEqual(['PAGER_KEY']);
});

test('encoders are read, several of one model', () => {
  const rules = readRules(
    directory({
      'a.yaml': `${ENCODER}---${ENCODER.replace('frames', 'depths').replace('frame\n', 'depth\n')}`,
    }),
    true,
  );
  expect(rules.encoders.map(({ name, model, input }) => [name, model, input])).toEqual([
    ['frames', 'detector', 'frame'],
    ['depths', 'detector', 'depth'],
  ]);
});

test('two projects may have an encoder each for inputs of one name', () => {
  const other = ENCODER.replace('{name: frames}', '{name: other, labels: {project: blue}}');
  expect(readRules(directory({ 'a.yaml': `${ENCODER}---${other}` }), true).encoders).toHaveLength(2);
});

test('scrape targets and samplings are read, in the order in which they are written', () => {
  const rules = readRules(
    directory({ 'a.yaml': `${SAMPLING}---${SAMPLING.replace('thin', 'first')}`, 'b.yaml': TARGET }),
    true,
  );
  expect(rules.sampling.map(({ name, keep }) => [name, keep])).toEqual([
    ['thin', 0.1],
    ['first', 0.1],
  ]);
  expect(rules.scrapeTargets.map(({ name, url }) => [name, url])).toEqual([
    ['chat-vllm', 'http://localhost:8000/metrics'],
  ]);
  expect([...secretVariables(rules)]).toEqual(['VLLM_TOKEN']);
});

test('the rules of the quickstart are valid', () => {
  const rules = readRules(fileURLToPath(new URL('../../../examples/rules', import.meta.url)), true);
  expect(rules.slos.length).toBeGreaterThanOrEqual(3);
  expect(rules.monitors.length).toBeGreaterThanOrEqual(1);
  expect(rules.routing.routes.map((route) => route.receivers)).toEqual([['sre-pager', 'sre-channel'], null]);
});

const SLO = `
apiVersion: openslo/v1
kind: SLO
metadata: {name: answers}
spec:
  service: web
  indicatorRef: errors
  timeWindow: [{duration: 30d, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{op: gt, target: 0.99}]
  alertPolicies: [{alertPolicyRef: low}]
`;
const OPENSLO_LIST = `
- apiVersion: openslo/v1
  kind: SLI
  metadata: {name: errors}
  spec:
    ratioMetric:
      bad: {metricSource: {type: tidewatch, spec: {metric: errors}}}
      total: {metricSource: {type: tidewatch, spec: {metric: requests}}}
- apiVersion: openslo/v1
  kind: AlertPolicy
  metadata: {name: low}
  spec:
    alertWhenBreaching: true
    conditions:
      - kind: AlertCondition
        metadata: {name: slow}
        spec:
          severity: ticket
          condition: {kind: burnrate, op: gte, threshold: 1, lookbackWindow: 3d}
    notificationTargets: [{targetRef: mail}]
`;

describe('OpenSLO', () => {
  test('documents of all files are joined, and lists hold several', () => {
    const rules = readRules(directory({ 'a.yaml': SLO, 'b.yaml': OPENSLO_LIST }), true);
    expect(rules.slos.map(({ name, tiers }) => [name, tiers.map((tier) => tier.name)])).toEqual([
      ['answers', ['slow']],
    ]);
  });

  test('what is worth a look is kept with file, line and path', () => {
    const { warnings } = readRules(directory({ 'a.yaml': SLO, 'b.yaml': OPENSLO_LIST }), true);
    expect(warnings.map(({ file, line, path }) => [file, line, path])).toEqual([
      ['a.yaml', 10, 'spec.objectives[0].op'],
      ['b.yaml', 20, 'spec.notificationTargets[0].targetRef'],
      ['b.yaml', 20, 'spec.notificationTargets'],
    ]);
    expect(readRules(directory({ 'a.yaml': RECEIVER }), true).warnings).toEqual([]);
  });
});

describe('a directory that is not there', () => {
  test('means no rules when nobody named it', () => {
    expect(readRules('/nowhere/rules', false)).toMatchObject({
      slos: [],
      monitors: [],
      metricMonitors: [],
      costModels: [],
      encoders: [],
      scrapeTargets: [],
      sampling: [],
      receivers: [],
      silences: [],
      maintenanceWindows: [],
      heartbeats: [],
      digests: [],
      routing: { routes: [] },
      files: [],
      warnings: [],
    });
  });

  test('is an error when somebody did', () => {
    expect(() => readRules('/nowhere/rules', true)).toThrow(
      /The rules directory \/nowhere\/rules cannot be read/,
    );
  });
});

const METRIC_MONITOR = `apiVersion: tidewatch.dev/v1
kind: MetricMonitor
metadata: { name: busy }
spec:
  levels:
    ticket:
      when: { all: [{ gauge: hw.gpu.utilization, window: 1m, above: 0.9 }] }
`;
const COST_MODEL = `apiVersion: tidewatch.dev/v1
kind: CostModel
metadata: { name: busy }
spec: { price: { perGpuHour: 2, gpus: 4 }, inferences: { metric: inference.requests } }
`;

test('metric monitors and cost models', () => {
  const files = { 'a.yaml': METRIC_MONITOR, 'b.yaml': COST_MODEL.replace('busy', 'costs') };
  const { metricMonitors, costModels } = readRules(directory(files), true);
  expect(metricMonitors.map(({ name }) => name)).toEqual(['busy']);
  expect(costModels.map(({ name }) => name)).toEqual(['costs']);
});

describe('what is refused, with file, line and path', () => {
  test.each<[string, Record<string, string>, RegExp]>([
    [
      'a file that does not parse',
      { 'broken.yaml': 'kind: [Receiver\nmetadata: x' },
      /broken\.yaml:\d+ is not valid YAML/,
    ],
    ['a key twice in one map', { 'twice.yaml': 'kind: A\nkind: B\n' }, /twice\.yaml:2 is not valid YAML/],
    [
      'an unknown key',
      { 'r.yaml': MONITOR.replace('features: all', 'features: all\n  treshold: 3') },
      /r\.yaml:8 spec\.treshold: is not a known key/,
    ],
    [
      'an unknown kind',
      { 'r.yaml': 'apiVersion: tidewatch.dev/v1\nkind: Monitor\n' },
      /r\.yaml:2 kind: must be MetricMonitor, CostModel, DriftMonitor, QualityMonitor, PerformanceMonitor, EmbeddingMonitor, Encoder, ScrapeTarget, Sampling, Receiver, Routing, Silence, MaintenanceWindow, Heartbeat or Digest, and is "Monitor"/,
    ],
    ['another API', { 'r.yaml': 'apiVersion: v1\nkind: Pod\n' }, /r\.yaml:1 apiVersion: must be openslo\/v1/],
    ['a route to nobody', { 'r.yaml': ROUTING }, /receiver: names sre-pager, which is no Receiver/],
    [
      'two receivers of one name',
      { 'a.yaml': RECEIVER, 'b.yaml': RECEIVER },
      /b\.yaml:4 metadata\.name: Receiver sre-pager is defined twice/,
    ],
    [
      'a metric monitor and a cost model of one name',
      { 'a.yaml': METRIC_MONITOR, 'b.yaml': COST_MODEL },
      /b\.yaml:3 metadata\.name: monitor busy is defined twice/,
    ],
    [
      'a condition deep inside a metric monitor',
      { 'a.yaml': METRIC_MONITOR.replace('above: 0.9', 'above: high') },
      /a\.yaml:7 spec\.levels\.ticket\.when\.all\[0\]\.above: must be a number, and is "high"/,
    ],
    [
      'two scrape targets of one name',
      { 'a.yaml': `${TARGET}---${TARGET}` },
      /a\.yaml:12 metadata\.name: ScrapeTarget chat-vllm is defined twice/,
    ],
    [
      'two samplings of one name',
      { 'a.yaml': SAMPLING, 'b.yaml': SAMPLING },
      /b\.yaml:4 metadata\.name: Sampling thin is defined twice/,
    ],
    [
      'two encoders of one name',
      { 'a.yaml': ENCODER, 'b.yaml': ENCODER.replace('input: frame', 'input: depth') },
      /b\.yaml:4 metadata\.name: Encoder frames is defined twice/,
    ],
    [
      'two encoders for one input',
      { 'a.yaml': ENCODER, 'b.yaml': ENCODER.replace('name: frames', 'name: again') },
      /b\.yaml:7 spec\.input: one input has one encoder, and frames encodes the input frame of detector already; send it under another name for again/,
    ],
    [
      'an encoder without a model',
      { 'r.yaml': ENCODER.replace('  reference: image\n', '') },
      /r\.yaml:6 spec: must have exactly one of reference, file and url, and has none/,
    ],
    [
      'an unknown key of an encoder',
      { 'r.yaml': ENCODER.replace('reference: image', 'reference: image\n  preproces: {kind: tensor}') },
      /r\.yaml:9 spec\.preproces: is not a known key/,
    ],
    [
      'an unknown key of a target',
      { 'r.yaml': TARGET.replace('preset:', 'presets:') },
      /r\.yaml:7 spec\.presets: is not a known key/,
    ],
    [
      'an unknown key deep in a sampling',
      { 'r.yaml': SAMPLING.replace('keep: 0.1', 'keep: 0.1, alwaysKeep: {error: true}') },
      /r\.yaml:5 spec\.alwaysKeep\.error: is not a known key/,
    ],
    [
      'an SLI that leads nowhere',
      { 'a.yaml': SLO, 'b.yaml': OPENSLO_LIST.replace('name: errors', 'name: faults') },
      /a\.yaml:7 spec\.indicatorRef: names errors, which no document of kind SLI defines; SLI documents found: faults/,
    ],
    [
      'an unknown key in a list of documents',
      { 'b.yaml': OPENSLO_LIST.replace('severity: ticket', 'severity: ticket\n          sevrity: page') },
      /b\.yaml:19 spec\.conditions\[0\]\.spec\.sevrity: is not a known key/,
    ],
    [
      'an alias within what it stands for',
      { 'a.yaml': 'apiVersion: openslo/v1\nkind: SLO\nspec: &spec {indicator: *spec}\n' },
      /a\.yaml:1 has an alias that stands for something it is part of: a cycle/,
    ],
    ['text that is no rule', { 'r.yaml': 'hello' }, /r\.yaml:1 apiVersion: must be/],
  ])('%s', (_what, files, expected) => {
    expect(messageOf(files)).toMatch(expected);
  });

  test('problems of targets and samplings come with those of the other files', () => {
    const message = messageOf({
      'a.yaml': TARGET.replace('http:', 'ftp:').replace('vllm\n', 'vlm\n'),
      'b.yaml': SAMPLING.replace('0.1', '7'),
    });
    expect(message).toMatch(/3 problems/);
    expect(message).toMatch(
      /a\.yaml:6 spec\.url: [\s\S]*a\.yaml:7 spec\.preset: [\s\S]*b\.yaml:5 spec\.keep: /,
    );
  });

  test('all problems of all files are reported together', () => {
    const message = messageOf({ 'a.yaml': 'apiVersion: v1\n', 'b.yaml': 'x: [', 'c.yaml': ROUTING });
    expect(message).toMatch(/3 problems/);
    expect(message).toMatch(/a\.yaml[\s\S]*b\.yaml[\s\S]*c\.yaml:4 spec\.routes/);
  });
});

describe('secrets', () => {
  test('come from a variable or a file, without the newline that editors add', () => {
    const file = join(directory({ key: 'from-file\n' }), 'key');
    expect(readSecret({ PAGER_KEY: 'from-env' }, { env: 'PAGER_KEY' })).toBe('from-env');
    expect(readSecret({}, { file })).toBe('from-file');
  });

  test.each([
    ['a variable that is not set', { env: 'PAGER_KEY' }, /PAGER_KEY is not set/],
    ['a file that is missing', { file: '/nowhere/key' }, /\/nowhere\/key cannot be read/],
  ])('%s is an error that names it', (_what, reference, expected) => {
    expect(() => readSecret({}, reference)).toThrow(expected);
  });
});
