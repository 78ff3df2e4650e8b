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
  expect(rules.driftMonitors.map((monitor) => monitor.name)).toEqual(['ranker-inputs']);
  expect(rules.routing.routes).toHaveLength(1);
  expect([...secretVariables(rules)]).toEqual(['PAGER_KEY']);
});

test('the rules of the quickstart are valid', () => {
  const rules = readRules(fileURLToPath(new URL('../../../examples/rules', import.meta.url)), true);
  expect(rules.slos.length).toBeGreaterThanOrEqual(3);
  expect(rules.driftMonitors.length).toBeGreaterThanOrEqual(1);
  expect(rules.routing.routes.map((route) => route.receiver)).toEqual(['sre-pager', 'ml-tickets']);
});

describe('a directory that is not there', () => {
  test('means no rules when nobody named it', () => {
    expect(readRules('/nowhere/rules', false)).toMatchObject({
      slos: [],
      driftMonitors: [],
      receivers: [],
      files: [],
    });
  });

  test('is an error when somebody did', () => {
    expect(() => readRules('/nowhere/rules', true)).toThrow(
      /The rules directory \/nowhere\/rules cannot be read/,
    );
  });
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
      /r\.yaml:2 kind: must be DriftMonitor, Receiver or Routing, and is "Monitor"/,
    ],
    ['another API', { 'r.yaml': 'apiVersion: v1\nkind: Pod\n' }, /r\.yaml:1 apiVersion: must be openslo\/v1/],
    ['a route to nobody', { 'r.yaml': ROUTING }, /receiver: names sre-pager, which is no Receiver/],
    [
      'two receivers of one name',
      { 'a.yaml': RECEIVER, 'b.yaml': RECEIVER },
      /Receiver sre-pager is defined twice/,
    ],
    ['text that is no rule', { 'r.yaml': 'hello' }, /r\.yaml:1 apiVersion: must be/],
  ])('%s', (_what, files, expected) => {
    expect(messageOf(files)).toMatch(expected);
  });

  test('all problems of all files are reported together', () => {
    const message = messageOf({ 'a.yaml': 'apiVersion: v1\n', 'b.yaml': 'x: [', 'c.yaml': ROUTING });
    expect(message).toMatch(/3 problems/);
    expect(message).toMatch(/a\.yaml[\s\S]*b\.yaml[\s\S]*Routing/);
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
