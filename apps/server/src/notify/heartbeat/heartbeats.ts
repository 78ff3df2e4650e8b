import type { HeartbeatRule } from '@tidewatch/alerts';
import type { OutboundClient, SecretReader } from '@tidewatch/channels';
import { errorMessage, isAppError } from '@tidewatch/core';
import type { Logger } from 'pino';

/** How one heartbeat stands. Times in milliseconds since the epoch; `null` for never. */
export interface HeartbeatState {
  readonly name: string;
  readonly everyMs: number;
  readonly lastSuccessAt: number | null;
  readonly lastFailureAt: number | null;
  /** Why the last one failed; empty when none has. Without address and secrets. */
  readonly lastFailure: string;
  /** Why none is sent now, although one is due; empty when nothing holds it back. */
  readonly heldBack: string;
  readonly nextAt: number;
}

/** What {@link startHeartbeats} needs. */
export interface HeartbeatOptions {
  /** The rules in force. */
  readonly rules: () => readonly HeartbeatRule[];
  readonly readSecret: SecretReader;
  readonly outbound: OutboundClient;
  /** Why evaluation or delivery does not run, or `null` when both do. */
  readonly healthy: () => string | null;
  readonly logger: Logger;
  /** Default: the system's. For tests, as is `tickMs`. */
  readonly now?: () => number;
  readonly tickMs?: number;
}

/** Running heartbeats. */
export interface Heartbeats {
  /** By rule, in the order of the rules. */
  states(): readonly HeartbeatState[];
  /** Sends no more, and waits for what is on its way. */
  stop(): Promise<void>;
}

/** What is due is looked for this often. */
const TICK_MS = 1_000;
/** After a failure the next try comes this soon, or after the rule's own time if that is shorter. */
const RETRY_MS = 10_000;
/** Shorter than the shortest time between two beats. */
const TIMEOUT_MS = 8_000;

interface Beat {
  lastSuccessAt: number | null;
  lastFailureAt: number | null;
  lastFailure: string;
  heldBack: string;
  nextAt: number;
  /** What was said of it last: only a change is logged. */
  said: string;
  sending: Promise<void> | null;
}

/**
 * Tells dead man's switches that alerting works, as long as it does.
 *
 * A beat goes out only while evaluation and delivery run: one that went on while nothing is judged, or nothing can be
 * sent, would keep the switch from doing the one thing that it is for. Once they run again the next beat is sent at once.
 */
export function startHeartbeats(options: HeartbeatOptions): Heartbeats {
  const beats = new HeartbeatLoop(options);
  const timer = setInterval(() => beats.tick(), options.tickMs ?? TICK_MS);
  beats.tick();
  return {
    states: () => beats.states(),
    stop: async () => {
      clearInterval(timer);
      await beats.idle();
    },
  };
}

class HeartbeatLoop {
  private readonly options: HeartbeatOptions;
  private readonly now: () => number;
  private readonly beats = new Map<string, Beat>();

  constructor(options: HeartbeatOptions) {
    this.options = options;
    this.now = options.now ?? Date.now;
  }

  tick(): void {
    const rules = this.options.rules();
    const names = new Set(rules.map(({ name }) => name));
    for (const name of this.beats.keys()) {
      if (!names.has(name)) {
        this.beats.delete(name);
      }
    }
    const now = this.now();
    // Asked once for all, and only when somebody wants to know.
    let reason: string | null | undefined;
    for (const rule of rules) {
      const beat = this.beatOf(rule, now);
      if (beat.sending !== null || now < beat.nextAt) {
        continue;
      }
      reason = reason === undefined ? this.options.healthy() : reason;
      if (reason !== null) {
        beat.heldBack = reason;
        this.say(rule, beat, `held back: ${reason}`);
        continue;
      }
      beat.heldBack = '';
      beat.sending = this.send(rule, beat).finally(() => (beat.sending = null));
    }
  }

  states(): HeartbeatState[] {
    const now = this.now();
    return this.options.rules().map((rule) => {
      const { lastSuccessAt, lastFailureAt, lastFailure, heldBack, nextAt } = this.beatOf(rule, now);
      return {
        ...{ name: rule.name, everyMs: rule.everyMs },
        ...{ lastSuccessAt, lastFailureAt, lastFailure, heldBack, nextAt },
      };
    });
  }

  async idle(): Promise<void> {
    await Promise.all([...this.beats.values()].flatMap(({ sending }) => sending ?? []));
  }

  /** A rule whose time was shortened does not wait for the end of the long one. */
  private beatOf({ name, everyMs }: HeartbeatRule, now: number): Beat {
    const known = this.beats.get(name);
    if (known !== undefined) {
      known.nextAt = Math.min(known.nextAt, now + everyMs);
      return known;
    }
    const beat: Beat = {
      ...{ lastSuccessAt: null, lastFailureAt: null, lastFailure: '', heldBack: '' },
      ...{ nextAt: now, said: '', sending: null },
    };
    this.beats.set(name, beat);
    return beat;
  }

  private async send(rule: HeartbeatRule, beat: Beat): Promise<void> {
    const startedAt = this.now();
    const problem = await this.problemOf(rule);
    // From its start: beats do not drift by the time that each takes.
    if (problem === null) {
      beat.lastSuccessAt = this.now();
      beat.nextAt = startedAt + rule.everyMs;
      this.say(rule, beat, 'sent');
    } else {
      beat.lastFailureAt = this.now();
      beat.lastFailure = problem;
      beat.nextAt = startedAt + Math.min(rule.everyMs, RETRY_MS);
      this.say(rule, beat, `failed: ${problem}`);
    }
  }

  /** Sends one. @returns what went wrong, or `null` */
  private async problemOf(rule: HeartbeatRule): Promise<string | null> {
    const { readSecret, outbound } = this.options;
    try {
      const answer = await outbound.send({
        method: rule.method,
        url: readSecret(rule.address),
        headers: { 'user-agent': 'tidewatch' },
        ...(rule.method === 'POST' ? { body: '' } : {}),
        timeoutMs: TIMEOUT_MS,
      });
      if ('failure' in answer) {
        return answer.failure;
      }
      // What the switch answers is not repeated: it may hold the address.
      return answer.status >= 200 && answer.status < 300 ? null : `the answer was HTTP ${answer.status}`;
    } catch (error) {
      return isAppError(error) ? errorMessage(error) : 'the request could not be made';
    }
  }

  private say({ name }: HeartbeatRule, beat: Beat, state: string): void {
    if (beat.said === state) {
      return;
    }
    beat.said = state;
    this.options.logger[state === 'sent' ? 'info' : 'warn']({ heartbeat: name, state }, 'heartbeat');
  }
}
