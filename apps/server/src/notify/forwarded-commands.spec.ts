import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import { incidentId } from '@tidewatch/alerts';
import { inProcessDriver, type JobQueue } from '@tidewatch/jobs';
import { pino } from 'pino';
import { useScenes } from '../../../../test/harness/use-scenes.js';
import type { Scene } from '../../../../test/harness/virtual-scene.js';
import { drillKey, type Drill } from './drill/drill-signal.js';
import { ForwardedTaker, forwardTo, type CommandJob, type ForwardedJob } from './forwarded-commands.js';
import type { IncidentManager } from './incident-manager.js';

const logger = pino({ level: 'silent' });
const openSceneOf = useScenes();
const queues: JobQueue<ForwardedJob>[] = [];
afterEach(async () => {
  await Promise.all(queues.splice(0).map((queue) => queue.close()));
});

/** The writer of a scene, which takes what is put into the queue. */
async function writer(slowDown?: (manager: IncidentManager) => IncidentManager) {
  const scene: Scene<'hook'> = await openSceneOf({ receivers: { hook: { kind: 'webhook' } } });
  const { store } = scene;
  const queue = inProcessDriver().open<ForwardedJob>('incident-commands');
  queues.push(queue);
  const manager = scene.current.incidents;
  await new ForwardedTaker(queue, slowDown?.(manager) ?? manager, { store, logger }).begin();
  return { scene, store, queue };
}

describe('a command', () => {
  test.each(['comment', 'acknowledge'] as const)('%s that comes twice is done once', async (kind) => {
    const { scene, store, queue } = await writer();
    await scene.current.signal('ranker');
    const [incident] = scene.current.incidents.all();
    const job: CommandJob = {
      project: scene.project,
      incidentId: incident!.id,
      command: { kind, by: ' Ana\u0007', origin: '', text: kind === 'comment' ? 'on it' : '' },
      at: Date.now(),
    };
    await queue.add([{ id: '1', data: job }]);
    const kindsOf = async (): Promise<string[]> =>
      (await store.incidents.changesOf(scene.project, [incident!.id])).map((change) => change.kind);
    const done = kind === 'comment' ? 'commented' : 'acknowledged';
    while (!(await kindsOf()).includes(done)) {
      await sleep(10);
    }
    await queue.add([
      { id: '2', data: job },
      { id: '3', data: { ...job, command: { kind: 'comment', by: 'Bob', origin: '', text: 'after it' } } },
    ]);
    while ((await kindsOf()).filter((each) => each === 'commented').length < (kind === 'comment' ? 2 : 1)) {
      await sleep(10);
    }
    expect((await kindsOf()).filter((each) => each === done)).toHaveLength(kind === 'comment' ? 2 : 1);
    expect(scene.current.incidents.all()[0]?.comments.map(({ by }) => by)).toEqual(
      kind === 'comment' ? ['Ana', 'Bob'] : ['Bob'],
    );
  });
});

describe('a drill', () => {
  const drillOf = (project: string): Drill => ({
    ...{ id: '1f2e3d4c', project, by: 'ada' },
    request: {
      ...{
        severity: 'page',
        service: 'ranker-api',
        region: '',
        model: '',
        owner: '',
        rule: 'drill',
        tier: '',
      },
      ...{ aspect: 'availability', labels: {}, keepMs: 0 },
    },
  });

  test('that begins after its asker has given up is closed by the end that waits behind it', async () => {
    const { scene, store, queue } = await writer(
      (manager) =>
        ({
          drill: async (...all: Parameters<IncidentManager['drill']>) => {
            if (all[1] === 'firing') {
              await sleep(400);
            }
            await manager.drill(...all);
          },
        }) as IncidentManager,
    );
    const forward = forwardTo(queue, store, 200);
    const drill = drillOf(scene.project);
    await expect(forward.drill({ drill, condition: 'firing', at: Date.now() })).rejects.toMatchObject({
      code: 'alerts.not-the-writer',
    });
    const end = (): Promise<boolean> =>
      forward.drill({ drill, condition: 'ok', at: Date.now() }).then(
        () => true,
        () => false,
      );
    while (!(await end())) {
      await sleep(10);
    }
    const kinds = async (): Promise<string[]> =>
      (await store.incidents.changesOf(scene.project, [incidentId(drillKey(drill), 1)])).map(
        ({ kind }) => kind,
      );
    while (!(await kinds()).includes('resolved')) {
      await sleep(10);
    }
    expect(await kinds()).toEqual(['opened', 'resolved']);
  });
});
