import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type OperatorTime, operatorTimes } from './operator-profile.js';

/** A profile tells all it can after so many batches, and costs time and room on the disk as long as it goes on. */
const PROFILED_BATCHES = 20;

/** A session that is being profiled. */
export interface ProfiledSession {
  /** How many times the model was run. */
  readonly runs: number;
  /** Ends profiling, which writes its file. */
  endProfiling(): void;
}

/** The profile of the first batches of a session. */
export class ProfileRecorder {
  private readonly folder = mkdtempSync(join(tmpdir(), 'tidewatch-profile-'));
  private warmUpRuns = 0;
  private batches = 0;

  /** What ONNX Runtime begins the name of its file with. */
  get prefix(): string {
    return join(this.folder, 'run');
  }

  /** Runs that were made until now do not count: the first are slower. */
  begin({ runs }: ProfiledSession): void {
    this.warmUpRuns = runs;
  }

  /** Counts a batch; after the last that is profiled its operators are returned, and profiling ends. */
  batchDone(session: ProfiledSession): OperatorTime[] | null {
    this.batches++;
    if (this.batches !== PROFILED_BATCHES) {
      return null;
    }
    session.endProfiling();
    const [file] = readdirSync(this.folder);
    const json = file === undefined ? '[]' : readFileSync(join(this.folder, file), 'utf8');
    this.discard();
    return operatorTimes(json, this.warmUpRuns);
  }

  /** Removes what was written. */
  discard(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
