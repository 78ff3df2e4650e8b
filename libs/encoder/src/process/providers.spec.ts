import { describe, expect, test } from '@jest/globals';
import type { Provider, RejectedProvider } from './provider-report.js';
import { chooseProvider, type ProviderChoice, type Trial } from './providers.js';

/** A machine whose providers take so many milliseconds for a batch, or do not work. */
interface Machine {
  readonly took: Partial<Record<Provider, number | Error>>;
  readonly missing?: Partial<Record<Provider, string>>;
}

function choiceOn({ took, missing = {} }: Machine, changes: Partial<ProviderChoice<Trial>> = {}) {
  const events: string[] = [];
  let now = 0;
  const choice: ProviderChoice<Trial> = {
    wanted: 'auto',
    excluded: [],
    settled: null,
    unavailable: (provider) => missing[provider] ?? null,
    open: async (provider) => {
      const time = took[provider] ?? new Error('not there');
      if (time instanceof Error) {
        throw time;
      }
      events.push(`open ${provider}`);
      return {
        check: async () => undefined,
        run: async () => {
          now += time;
          events.push(`run ${provider}`);
        },
        release: async () => {
          events.push(`release ${provider}`);
        },
      };
    },
    trying: async (provider) => {
      events.push(`trying ${provider}`);
    },
    device: (provider) => `the ${provider}`,
    now: () => now,
    ...changes,
  };
  return { choice, events };
}

async function reportOn(machine: Machine, changes: Partial<ProviderChoice<Trial>> = {}) {
  return (await chooseProvider(choiceOn(machine, changes).choice)).report;
}

const NO_CUDA: RejectedProvider = { provider: 'cuda', reason: 'not there' };

describe('auto', () => {
  test('takes the best that is faster than the processor', async () => {
    const { choice, events } = choiceOn({ took: { cuda: 2, webgpu: 1, cpu: 10 } });
    const { report } = await chooseProvider(choice);
    expect(report).toEqual({ provider: 'cuda', device: 'the cuda', rejected: [] });
    expect(events).toContain('release cpu');
    expect(events).not.toContain('open webgpu');
  });

  test('goes on to the next when the best does not work', async () => {
    expect(await reportOn({ took: { cuda: new Error('not there'), webgpu: 3, cpu: 10 } })).toEqual({
      provider: 'webgpu',
      device: 'the webgpu',
      rejected: [NO_CUDA],
    });
  });

  test('goes on to the next when the best is slower than the processor', async () => {
    expect(await reportOn({ took: { cuda: 12, webgpu: 3, cpu: 10 } })).toMatchObject({
      provider: 'webgpu',
      rejected: [{ provider: 'cuda', reason: 'it took 12 ms for a batch and the processor 10 ms' }],
    });
  });

  test('takes the processor when nothing is faster by a margin', async () => {
    expect(await reportOn({ took: { webgpu: 9.9, cpu: 10 }, missing: { cuda: 'not there' } })).toEqual({
      provider: 'cpu',
      device: 'the cpu',
      rejected: [
        NO_CUDA,
        { provider: 'webgpu', reason: 'it took 9.90 ms for a batch and the processor 10 ms' },
      ],
    });
  });

  test('does not go on measuring what is far slower', async () => {
    const { choice, events } = choiceOn({ took: { webgpu: 900, cpu: 10 }, missing: { cuda: 'no' } });
    await chooseProvider(choice);
    expect(events.filter((event) => event === 'run webgpu')).toHaveLength(2);
    const slow = choiceOn({ took: { webgpu: 9000, cpu: 10 }, missing: { cuda: 'no' } });
    await chooseProvider(slow.choice);
    expect(slow.events.filter((event) => event === 'run webgpu')).toHaveLength(1);
  });

  test('measures nothing when nothing can be tried', async () => {
    const { choice, events } = choiceOn({ took: { cpu: 10 }, missing: { cuda: 'no', webgpu: 'no' } });
    await chooseProvider(choice);
    expect(events).toEqual(['trying cpu', 'open cpu', 'trying null']);
  });

  test('does not try what killed an earlier process', async () => {
    const excluded: RejectedProvider[] = [{ provider: 'webgpu', reason: 'it was killed' }];
    const { choice, events } = choiceOn({ took: { webgpu: 1, cpu: 10 } }, { excluded });
    const { report } = await chooseProvider(choice);
    expect(report).toMatchObject({ provider: 'cpu', rejected: [NO_CUDA, excluded[0]] });
    expect(events).not.toContain('trying webgpu');
  });

  test('takes again what it settled on, with the reasons of then', async () => {
    const settled = { provider: 'webgpu', device: 'a card', rejected: [NO_CUDA] } as const;
    const { choice, events } = choiceOn({ took: { cuda: 1, webgpu: 3, cpu: 10 } }, { settled });
    expect((await chooseProvider(choice)).report).toBe(settled);
    expect(events).toEqual(['trying webgpu', 'open webgpu', 'trying null']);
  });

  test('chooses anew when what it settled on no longer works', async () => {
    const settled = { provider: 'webgpu', device: 'a card', rejected: [NO_CUDA] } as const;
    expect(await reportOn({ took: { webgpu: new Error('card lost'), cpu: 10 } }, { settled })).toMatchObject({
      provider: 'cpu',
      rejected: [NO_CUDA, { provider: 'webgpu', reason: 'card lost' }],
    });
  });

  test('blames no card for a model that the processor cannot run', async () => {
    const broken = new Error('no such operator');
    await expect(reportOn({ took: { webgpu: broken, cpu: broken } })).rejects.toBe(broken);
  });
});

describe('a provider by name', () => {
  test('is taken without measuring', async () => {
    const { choice, events } = choiceOn({ took: { webgpu: 900 } }, { wanted: 'webgpu' });
    expect((await chooseProvider(choice)).report).toMatchObject({ provider: 'webgpu', rejected: [] });
    expect(events).toEqual(['trying webgpu', 'open webgpu', 'trying null']);
  });

  test.each<[string, Machine, Partial<ProviderChoice<Trial>>, string]>([
    ['does not work', { took: {} }, {}, 'not there'],
    ['is not installed', { took: {}, missing: { webgpu: 'not installed' } }, {}, 'not installed'],
    [
      'killed an earlier process',
      { took: { webgpu: 1 } },
      { excluded: [{ provider: 'webgpu', reason: 'it was killed' }] },
      'it was killed',
    ],
  ])('is an error when it %s', async (_, machine, changes, reason) => {
    await expect(reportOn(machine, { wanted: 'webgpu', ...changes })).rejects.toMatchObject({
      code: 'encoder.provider',
      message: `The model cannot run on webgpu, which was asked for by name: ${reason}.`,
    });
  });
});
