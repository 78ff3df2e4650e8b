import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { AppError } from '@tidewatch/core';
import { readRules, secretVariables } from './rules.js';

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
const SILENCE = `apiVersion: tidewatch.dev/v1
kind: Silence
metadata: { name: upgrade }
spec: { match: { service: web }, endsAt: '2026-12-01T10:00:00Z', comment: new cluster }
`;
const WINDOW = `apiVersion: tidewatch.dev/v1
kind: MaintenanceWindow
metadata: { name: sundays }
spec:
  { match: { region: eu-1 }, from: '2026-11-29T02:00', to: '2026-11-29T04:00', rrule: FREQ=WEEKLY, timeZone: Europe/Berlin, comment: patches }
`;
const HEARTBEAT = `apiVersion: tidewatch.dev/v1
kind: Heartbeat
metadata: { name: alive }
spec: { urlEnv: HEARTBEAT_URL, every: 1m }
`;
const DIGEST = `apiVersion: tidewatch.dev/v1
kind: Digest
metadata: { name: weekly }
spec: { every: week, receivers: [sre-mail] }
`;

test('silences, maintenance windows, heartbeats and digests', () => {
  const mail = RECEIVER.replace('sre-pager', 'sre-mail').replace(
    '{type: pagerduty, routingKeyEnv: PAGER_KEY}',
    '{type: slack, urlEnv: SLACK_URL}',
  );
  const files = { 'a.yaml': [SILENCE, WINDOW, HEARTBEAT, DIGEST].join('---\n'), 'b.yaml': mail };
  const rules = readRules(directory(files), true);
  expect(rules.silences.map(({ id }) => id)).toEqual(['rules/upgrade']);
  expect(rules.maintenanceWindows.map(({ name }) => name)).toEqual(['sundays']);
  expect(rules.heartbeats.map(({ everyMs }) => everyMs)).toEqual([60_000]);
  expect(rules.digests.map(({ receivers }) => receivers)).toEqual([['sre-mail']]);
  expect([...secretVariables(rules)]).toContain('HEARTBEAT_URL');
});

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

describe('what names nobody is refused, with file, line and path', () => {
  test.each<[string, Record<string, string>, RegExp]>([
    [
      'a fallback to nobody',
      { 'a.yaml': RECEIVER.replace('spec: {', 'spec: {fallback: nobody, ') },
      /a\.yaml:\d+ spec\.fallback: names nobody, which is no Receiver; receivers defined: /,
    ],
    [
      'a fallback to itself',
      { 'a.yaml': RECEIVER.replace('spec: {', 'spec: {fallback: sre-pager, ') },
      /spec\.fallback: names the receiver itself/,
    ],
    [
      'an escalation to nobody',
      {
        'a.yaml': RECEIVER,
        'b.yaml': ROUTING.replace(
          'receiver: sre-pager',
          'receiver: sre-pager, escalate: [{after: 15m, receiver: boss}]',
        ),
      },
      /b\.yaml:\d+ spec\.routes\[0\]\.escalate\[0\]\.receiver: names boss, which is no Receiver/,
    ],
    [
      'a digest to nobody',
      { 'a.yaml': DIGEST },
      /a\.yaml:\d+ spec\.receivers\[0\]: names sre-mail, which is no Receiver/,
    ],
    [
      'a digest to a pager',
      { 'a.yaml': DIGEST, 'b.yaml': RECEIVER.replace('sre-pager', 'sre-mail') },
      /a\.yaml:\d+ spec\.receivers\[0\]: names sre-mail, which is of type pagerduty; .* email, slack or teams/,
    ],
    [
      'two silences of one name',
      { 'a.yaml': SILENCE, 'b.yaml': SILENCE },
      /metadata\.name: Silence upgrade is defined twice/,
    ],
  ])('%s', (_, files, expected) => {
    expect(messageOf(files)).toMatch(expected);
  });
});
