import type { SloDefinition } from '../definition.js';
import type { MetricMonitor } from '../metric-monitor/metric-monitor.js';

/** The rules that a fixture tests. */
export interface FixtureDefinitions {
  readonly slos: readonly SloDefinition[];
  readonly monitors: readonly MetricMonitor[];
}

/** One thing that was expected. */
export interface FixtureCheck {
  /** Place in the fixture, such as `['expect', 0, 'state']`. */
  readonly path: readonly (string | number)[];
  /** What was looked at, such as `SLO ranker-availability`. */
  readonly subject: string;
  /** After the start of the fixture, in milliseconds. */
  readonly at: number;
  /** What of it, such as `state` or `tier page-fast`. */
  readonly what: string;
  readonly expected: string;
  readonly actual: string;
  readonly passed: boolean;
  /** The verdict in words, for whoever looks for the difference. */
  readonly reason: string;
}

/** Something that keeps a fixture from testing what it means to. */
export interface FixtureProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** What came of a fixture. It passed when all checks did and there are no problems. */
export interface FixtureResult {
  readonly checks: readonly FixtureCheck[];
  readonly problems: readonly FixtureProblem[];
}
