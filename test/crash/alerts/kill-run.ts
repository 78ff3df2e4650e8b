import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorMessage } from '@tidewatch/core';
import type { Evidence } from './evidence.js';
import { judge, type Verdict } from './judge.js';
import { openReceivingEnd } from './receiving-end.js';
import { SCRIPT } from './script.js';
import type { DeathPoint } from './step-counter.js';
import { runVictim } from './victim-process.js';
import { EVIDENCE_FILE, ROUND_FILE, type Amputation } from './victim-task.js';

/** One run: a process that dies, or several, and one that lives. */
export interface KillPlan {
  /** Where one process after the other dies. */
  readonly kills: readonly DeathPoint[];
  /** Address of Redis, with a database that nobody has used; `null` for the queue in memory. */
  readonly redisUrl: string | null;
  readonly without: Amputation;
  /** Whether the world goes on while the process is dead, where the script lets it. */
  readonly movesOn: boolean;
}

/** What came of one run. */
export interface KillResult extends Verdict {
  /** Steps at which processes died. */
  readonly killedAt: readonly string[];
  /** Steps of the process that played to the end. */
  readonly steps: readonly string[];
  /** Where everything is kept when something was wrong, for a look; else empty. */
  readonly dataDir: string;
}

/**
 * Kills a process at a step, goes on with another, and looks at what the receivers hold then.
 *
 * @param template a data directory that has its tables and nothing else
 */
export async function killRun(template: string, plan: KillPlan): Promise<KillResult> {
  const dataDir = mkdtempSync(join(tmpdir(), 'tidewatch-kill-'));
  cpSync(template, dataDir, { recursive: true });
  const receivers = await openReceivingEnd();
  const killedAt: string[] = [];
  const { redisUrl, without } = plan;
  const run = (killAt: DeathPoint | null): Promise<string | null> =>
    runVictim({ dataDir, services: receivers.addresses, redisUrl, killAt, without });
  let result: KillResult;
  try {
    for (const kill of plan.kills) {
      const step = await run(kill);
      killedAt.push(...(step === null ? [] : [step]));
      if (plan.movesOn) {
        moveOn(dataDir);
      }
    }
    await run(null);
    const evidence = JSON.parse(readFileSync(join(dataDir, EVIDENCE_FILE), 'utf8')) as Evidence;
    result = { ...judge(receivers, evidence), killedAt, steps: evidence.steps, dataDir };
  } catch (error) {
    result = { lost: [errorMessage(error)], duplicates: [], killedAt, steps: [], dataDir };
  } finally {
    await receivers.close();
  }
  if (result.lost.length + result.duplicates.length > 0 && without === 'nothing') {
    return result;
  }
  rmSync(dataDir, { recursive: true, force: true });
  return { ...result, dataDir: '' };
}

/** A round in which nobody is waited for may pass unseen. */
function moveOn(dataDir: string): void {
  const file = join(dataDir, ROUND_FILE);
  const round = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
  // Not the first: what nobody has seen began for nobody.
  if (round > 0 && SCRIPT[round]?.settles === false) {
    writeFileSync(file, String(round + 1));
  }
}
