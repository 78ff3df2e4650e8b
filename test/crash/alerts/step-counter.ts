import { writeSync } from 'node:fs';

/** What a process says right before it dies, as a line of JSON on standard output. */
export interface LastWords {
  readonly killedAt: string;
}

/** Where a process dies. */
export interface DeathPoint {
  /** How the step begins; empty for every step. */
  readonly among: string;
  /** Which of these steps, from 1. */
  readonly number: number;
}

/** Counts what a process does, and kills it at one of these steps as a power cut would: nothing is tidied up. */
export class StepCounter {
  /** The steps so far, in their order. */
  readonly passed: string[] = [];
  private readonly killAt: DeathPoint | null;
  private counted = 0;

  /** @param killAt where the process dies; `null` lets it live */
  constructor(killAt: DeathPoint | null) {
    this.killAt = killAt;
  }

  /** Notes a step. Does not return from the one at which the process dies. */
  pass(step: string): void {
    this.passed.push(step);
    if (this.killAt === null || !step.startsWith(this.killAt.among)) {
      return;
    }
    this.counted += 1;
    if (this.counted === this.killAt.number) {
      const words: LastWords = { killedAt: step };
      // Standard output is a pipe here: this is written before the process ends.
      writeSync(1, `${JSON.stringify(words)}\n`);
      process.kill(process.pid, 'SIGKILL');
    }
  }

  /** Does `work` between two steps. */
  async around<T>(step: string, work: () => Promise<T>): Promise<T> {
    this.pass(`${step} begins`);
    const result = await work();
    this.pass(`${step} has ended`);
    return result;
  }
}
