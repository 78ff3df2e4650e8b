/** An event that a program can read: one line of JSON on standard output. `at` is milliseconds since the epoch. */
export interface FleetEvent {
  readonly event: 'live' | 'bad-deploy' | 'evening-traffic' | 'evening-light' | 'rollback' | 'stopped';
  readonly at: number;
  readonly service?: string;
  readonly model?: string;
  readonly deployment_id?: string;
}

/** Tells people, and programs, what the fleet does. */
export interface Narrator {
  /** One line for people, with the time of day before it. */
  say(line: string): void;
  /** One line for programs. */
  emit(event: FleetEvent): void;
}

/** A narrator that writes to `write`, with the time of day in UTC. `now` is milliseconds since the epoch. */
export function createNarrator(write: (line: string) => void, now: () => number): Narrator {
  return {
    say: (line) => write(`${new Date(now()).toISOString().slice(11, 19)}Z  ${line}\n`),
    emit: (event) => write(`${JSON.stringify(event)}\n`),
  };
}

/** A number with thousands separators. */
export function formatCount(value: number): string {
  return value.toLocaleString('en-US');
}
