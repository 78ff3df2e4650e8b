import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ActionRunRow } from '@tidewatch/store';
import { AWKWARD } from '../harness/awkward-text.js';
import { STORE_BACKENDS } from '../harness/store-backends.js';
import type { OpenBackend } from '../harness/store-backends.js';

const HOUR = 3_600_000;
const NOW = Date.now();

function run(project: string, id: string, changes: Partial<ActionRunRow> = {}): ActionRunRow {
  return {
    project,
    id,
    version: 1,
    status: 'requested',
    receiver: 'roll-back',
    incidentId: 'a'.repeat(64),
    service: 'ranker-api',
    region: 'eu-1',
    model: 'ranker',
    action: 'rollback',
    dryRun: false,
    needsApproval: true,
    cooldownMs: 1_800_000,
    body: '{}',
    requestedAt: NOW,
    decidedBy: '',
    decidedAt: null,
    comment: '',
    sentAt: null,
    attempts: 0,
    nextAttemptAt: null,
    finishedAt: null,
    httpStatus: 0,
    reason: '',
    updatedAt: NOW,
    ...changes,
  };
}

describe.each(STORE_BACKENDS)('action runs on the $name engine', ({ open }) => {
  let backend: OpenBackend;
  beforeAll(async () => {
    backend = await open();
  }, 60_000);
  afterAll(() => backend.close());

  test('a run comes back as it was stored, whatever its texts, to its project only', async () => {
    const { actionRuns } = backend.store;
    const full = run('full', 'r', {
      receiver: AWKWARD[0]!,
      service: AWKWARD[1]!,
      body: JSON.stringify(AWKWARD),
      decidedBy: AWKWARD[2]!,
      decidedAt: NOW + 1,
      comment: AWKWARD.join(' '),
      sentAt: NOW + 2,
      attempts: 3,
      nextAttemptAt: NOW + 3,
      finishedAt: NOW + 4,
      httpStatus: 503,
      reason: AWKWARD[3]!,
      dryRun: true,
      needsApproval: false,
    });
    await actionRuns.append(full);
    // A step that is stored again is one step.
    await actionRuns.append(full);
    expect(await actionRuns.find('full', 'r')).toEqual(full);
    expect(await actionRuns.list('full', { since: NOW })).toEqual([full]);
    expect(await actionRuns.find('other', 'r')).toBeNull();
    expect(await actionRuns.list('other', { since: 0 })).toEqual([]);
  });

  test('the newest version holds, and every version stays', async () => {
    const { actionRuns } = backend.store;
    const versions = (['requested', 'approved', 'sent', 'succeeded'] as const).map((status, index) =>
      run('versions', 'r', { status, version: index + 1 }),
    );
    for (const version of [versions[3]!, versions[0]!, versions[2]!, versions[1]!]) {
      await actionRuns.append(version);
    }
    expect(await actionRuns.find('versions', 'r')).toEqual(versions[3]);
    const rows = await backend.raw(
      "SELECT DISTINCT Version, Status FROM action_runs WHERE Project = 'versions' ORDER BY Version",
    );
    expect(rows.map((row) => row['Status'])).toEqual(['requested', 'approved', 'sent', 'succeeded']);
  });

  test('lists are the newest first, within a time, by status and up to a limit', async () => {
    const { actionRuns } = backend.store;
    await actionRuns.append(run('list', 'old', { requestedAt: NOW - 3 * HOUR }));
    await actionRuns.append(run('list', 'sent', { requestedAt: NOW - 2 * HOUR }));
    await actionRuns.append(run('list', 'sent', { requestedAt: NOW - 2 * HOUR, version: 2, status: 'sent' }));
    await actionRuns.append(run('list', 'new', { requestedAt: NOW - HOUR }));
    const ids = async (filter: Parameters<typeof actionRuns.list>[1]): Promise<string[]> =>
      (await actionRuns.list('list', filter)).map(({ id }) => id);
    expect(await ids({ since: 0 })).toEqual(['new', 'sent', 'old']);
    expect(await ids({ since: NOW - 2 * HOUR })).toEqual(['new', 'sent']);
    expect(await ids({ since: 0, status: 'requested' })).toEqual(['new', 'old']);
    expect(await ids({ since: 0, limit: 1 })).toEqual(['new']);
  });

  test('the last run for a target is found by all of its parts and by the time it was sent', async () => {
    const { actionRuns } = backend.store;
    const sent = (id: string, sentAt: number, changes: Partial<ActionRunRow> = {}): ActionRunRow =>
      run('target', id, { status: 'succeeded', version: 2, sentAt, ...changes });
    await actionRuns.append(sent('first', NOW - 2 * HOUR));
    await actionRuns.append(sent('last', NOW - HOUR));
    await actionRuns.append(sent('dry', NOW, { dryRun: true }));
    await actionRuns.append(sent('elsewhere', NOW, { region: 'us-1' }));
    await actionRuns.append(run('target', 'waiting'));
    const target = {
      receiver: 'roll-back',
      service: 'ranker-api',
      region: 'eu-1',
      model: 'ranker',
      dryRun: false,
    };
    const last = async (changes: Partial<typeof target> = {}, since = 0): Promise<string | undefined> =>
      (await actionRuns.lastSent('target', { ...target, ...changes }, since))?.id;
    expect(await last()).toBe('last');
    expect(await last({}, NOW - HOUR)).toBe('last');
    expect(await last({}, NOW - HOUR + 1)).toBeUndefined();
    expect(await last({ dryRun: true })).toBe('dry');
    expect(await last({ region: 'us-1' })).toBe('elsewhere');
    for (const changes of [{ receiver: 'x' }, { service: 'x' }, { region: '' }, { model: 'x' }]) {
      expect(await last(changes)).toBeUndefined();
    }
  });

  test('unfinished runs of all projects are those that wait for something', async () => {
    const { actionRuns } = backend.store;
    const at = NOW - 30 * 24 * HOUR;
    for (const [index, status] of (
      ['requested', 'approved', 'sent', 'rejected', 'expired', 'cooling-down', 'succeeded', 'failed'] as const
    ).entries()) {
      await actionRuns.append(run(`unfinished-${index % 2}`, status, { status, requestedAt: at + index }));
    }
    await actionRuns.append(run('unfinished-0', 'done', { requestedAt: at }));
    await actionRuns.append(run('unfinished-0', 'done', { requestedAt: at, status: 'failed', version: 2 }));
    const found = (await actionRuns.unfinished(at)).filter(({ project }) => project.startsWith('unfinished'));
    expect(found.map(({ id }) => id)).toEqual(['requested', 'approved', 'sent']);
    const later = (await actionRuns.unfinished(at + 1)).filter(({ project }) =>
      project.startsWith('unfinished'),
    );
    expect(later.map(({ id }) => id)).toEqual(['approved', 'sent']);
  });
});
