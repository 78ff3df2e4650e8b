import { describe, expect, test } from '@jest/globals';
import { DeathRecord } from './death-record.js';
import type { ProviderReport } from './provider-report.js';

const ON_WEBGPU: ProviderReport = { provider: 'webgpu', device: 'a card', rejected: [] };
const RUNNING = { reason: 'was killed by SIGSEGV', ran: 'webgpu', trying: null } as const;
const STARTING = { reason: 'ended with status 1', ran: null, trying: null } as const;

describe('what the deaths of a process teach', () => {
  test('a provider that kills the process while it is tried is not tried again, under auto or by name', () => {
    const deaths = new DeathRecord('auto');
    expect(deaths.died({ reason: 'was killed by SIGSEGV', ran: null, trying: 'cuda' })).toBe(100);
    expect(deaths.excluded).toEqual([
      { provider: 'cuda', reason: 'a process that tried it was killed by SIGSEGV' },
    ]);
    expect(deaths.hopeless).toBe(false);
  });

  test('the processor is never excluded', () => {
    const deaths = new DeathRecord('auto');
    deaths.died({ ...STARTING, trying: 'cpu' });
    expect(deaths.excluded).toEqual([]);
  });

  test('a provider under which the process dies again and again, without an answer, is excluded', () => {
    const deaths = new DeathRecord('auto');
    deaths.started(ON_WEBGPU);
    for (let i = 0; i < 3; i++) {
      deaths.died(RUNNING);
    }
    expect(deaths.excluded).toEqual([]);
    expect(deaths.settled).toEqual(ON_WEBGPU);
    deaths.died(RUNNING);
    expect(deaths.excluded).toEqual([
      { provider: 'webgpu', reason: 'a process that ran on it was killed by SIGSEGV, 4 times in a row' },
    ]);
    expect(deaths.settled).toBeNull();
  });

  test('a provider that was asked for by name is never given up for deaths while it runs', () => {
    const deaths = new DeathRecord('webgpu');
    for (let i = 0; i < 10; i++) {
      deaths.died(RUNNING);
    }
    expect(deaths.excluded).toEqual([]);
  });

  test('an answer in between shows that the provider works', () => {
    const deaths = new DeathRecord('auto');
    for (let i = 0; i < 10; i++) {
      deaths.died(RUNNING);
      deaths.answered();
    }
    expect(deaths.excluded).toEqual([]);
  });

  test('the pause doubles up to half a minute and begins anew after an answer', () => {
    const deaths = new DeathRecord('cpu');
    const pauses = Array.from({ length: 11 }, () => deaths.died(STARTING));
    expect(pauses).toEqual([100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000]);
    deaths.answered();
    expect(deaths.died(STARTING)).toBe(100);
  });

  test('five starts that die make it hopeless, and one that lives gives hope again', () => {
    const deaths = new DeathRecord('cpu');
    for (let i = 0; i < 4; i++) {
      deaths.died(STARTING);
    }
    expect(deaths.hopeless).toBe(false);
    deaths.died(STARTING);
    expect(deaths.hopeless).toBe(true);
    deaths.started({ provider: 'cpu', device: '', rejected: [] });
    expect(deaths.hopeless).toBe(false);
  });
});
