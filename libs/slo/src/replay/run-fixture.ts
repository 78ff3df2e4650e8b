import type { SloDefinition } from '../definition.js';
import type { MetricMonitor } from '../metric-monitor/metric-monitor.js';
import type { Expectation, Fixture } from './fixture-document.js';
import type { FixtureCheck, FixtureDefinitions, FixtureProblem, FixtureResult } from './fixture-result.js';
import { fixtureSeries } from './fixture-series.js';
import { MonitorRun } from './monitor-run.js';
import { SloRun } from './slo-run.js';

export type { FixtureCheck, FixtureDefinitions, FixtureProblem, FixtureResult } from './fixture-result.js';

/**
 * Runs the rules over the series of a fixture on a virtual clock, and compares with what the fixture expects.
 *
 * A window that ends at a time holds the points before it. Nothing happened before the start, and all of that is known: windows are
 * covered from the first moment on.
 */
export function runFixture(fixture: Fixture, definitions: FixtureDefinitions): FixtureResult {
  const runner = new FixtureRunner(fixture, definitions);
  // In order of time: a monitor remembers what it said before.
  const order = fixture.expect.map((expectation, index) => ({ expectation, index }));
  for (const { expectation, index } of order.sort((a, b) => a.expectation.at - b.expectation.at)) {
    runner.check(expectation, index);
  }
  return {
    checks: runner.checks.sort((a, b) => Number(a.path[1]) - Number(b.path[1])),
    problems: [...runner.problems, ...unusedCounts(fixture, definitions)],
  };
}

class FixtureRunner {
  readonly checks: FixtureCheck[] = [];
  readonly problems: FixtureProblem[] = [];
  private readonly fixture: Fixture;
  private readonly definitions: FixtureDefinitions;
  private readonly series: ReturnType<typeof fixtureSeries>;
  private readonly end: number;
  private readonly slos = new Map<string, SloRun>();
  private readonly monitors = new Map<string, MonitorRun>();

  constructor(fixture: Fixture, definitions: FixtureDefinitions) {
    this.fixture = fixture;
    this.definitions = definitions;
    this.series = fixtureSeries(fixture);
    this.end = fixture.start + Math.max(...fixture.expect.map(({ at }) => at));
  }

  check(expectation: Expectation, index: number): void {
    if (expectation.slo !== undefined) {
      this.checkSlo(expectation, expectation.slo, index);
    } else if (expectation.monitor !== undefined) {
      this.checkMonitor(expectation, expectation.monitor, index);
    }
  }

  private checkSlo(expectation: Expectation, name: string, index: number): void {
    const slo = this.definitions.slos.find((each) => each.name === name);
    if (slo === undefined) {
      this.unknown(['expect', index, 'slo'], `SLO ${name}`, this.definitions.slos);
      return;
    }
    const run = this.runOf(slo);
    if (run.isEmpty) {
      this.problems.push({
        path: ['expect', index, 'slo'],
        message: `is about ${name}, and no series, events or counts of the fixture belong to it: compare their names and labels with its selectors`,
      });
      return;
    }
    const group = this.groupOf(expectation, run.groups(), index);
    if (group !== null) {
      const at = this.fixture.start + expectation.at;
      const verdict = run.verdictAt(group, at);
      const record = this.recorder(
        `SLO ${name}${group === '' ? '' : ` ${group}`}`,
        expectation,
        verdict.reason,
        index,
      );
      const { state, tiers, alerts, budgetRemaining } = expectation;
      if (state !== undefined) {
        record(['state'], 'state', state, verdict.state);
      }
      for (const [tier, expected] of Object.entries(tiers ?? {})) {
        const found = verdict.tiers.find((each) => each.name === tier)?.state;
        record(
          ['tiers', tier],
          `tier ${tier}`,
          expected,
          found ?? `no such tier (there are ${slo.tiers.map((each) => each.name).join(', ')})`,
        );
      }
      if (alerts !== undefined) {
        record(['alerts'], 'alerts', listText(alerts), listText(run.alertsAt(group, at)));
      }
      if (budgetRemaining !== undefined) {
        const { about, within } = budgetRemaining;
        const actual = verdict.budgetRemaining;
        const passed = actual !== null && Math.abs(actual - about) <= within;
        record(
          ['budgetRemaining'],
          'budget left',
          `${about} (within ${within})`,
          String(actual ?? 'unknown'),
          passed,
        );
      }
    }
  }

  private checkMonitor(expectation: Expectation, name: string, index: number): void {
    const monitor = this.definitions.monitors.find((each) => each.name === name);
    if (monitor === undefined) {
      this.unknown(['expect', index, 'monitor'], `MetricMonitor ${name}`, this.definitions.monitors);
      return;
    }
    const run = this.monitorRunOf(monitor);
    const verdicts = run.verdictsAt(this.fixture.start + expectation.at);
    const group = this.groupOf(expectation, [...verdicts.keys()], index);
    const verdict = group === null ? undefined : verdicts.get(group);
    if (group !== null && verdict !== undefined) {
      const record = this.recorder(
        `monitor ${name}${group === '' ? '' : ` ${group}`}`,
        expectation,
        verdict.reason,
        index,
      );
      if (expectation.state !== undefined) {
        record(['state'], 'state', expectation.state, verdict.state);
      }
      if (expectation.level !== undefined) {
        record(['level'], 'level', expectation.level, verdict.level ?? 'none');
      }
    }
  }

  private runOf(slo: SloDefinition): SloRun {
    const run = this.slos.get(slo.name) ?? new SloRun(slo, this.fixture, this.series, this.end);
    this.slos.set(slo.name, run);
    return run;
  }

  private monitorRunOf(monitor: MetricMonitor): MonitorRun {
    const known = this.monitors.get(monitor.name);
    if (known !== undefined) {
      return known;
    }
    const slos = this.definitions.slos.filter(
      ({ service, region, model }) =>
        service === monitor.service && region === monitor.region && model === monitor.model,
    );
    const isSloBurning = (at: number): boolean =>
      slos
        .map((slo) => this.runOf(slo))
        .some((run) => run.groups().some((group) => run.verdictAt(group, at).state === 'breach'));
    const run = new MonitorRun(monitor, this.series, this.fixture.start, isSloBurning);
    this.monitors.set(monitor.name, run);
    return run;
  }

  /** The group that an expectation is about; `null`, with a problem, when that is not clear. */
  private groupOf({ group }: Expectation, groups: readonly string[], index: number): string | null {
    const [only] = groups;
    if (group === undefined ? groups.length === 1 : groups.includes(group)) {
      return group ?? only ?? '';
    }
    this.problems.push({
      path: group === undefined ? ['expect', index] : ['expect', index, 'group'],
      message:
        groups.length === 0
          ? 'is about a time at which nothing has been evaluated yet'
          : `${group === undefined ? 'must name a group' : 'is no group'}; there are ${groups.map((each) => JSON.stringify(each)).join(', ')}`,
    });
    return null;
  }

  private unknown(
    path: FixtureProblem['path'],
    what: string,
    known: readonly { readonly name: string }[],
  ): void {
    const names = known.map(({ name }) => name).join(', ');
    this.problems.push({
      path,
      message: `names ${what}, which the rules of the fixture do not define; ${names === '' ? 'they define none' : `they define ${names}`}`,
    });
  }

  private recorder(subject: string, { at }: Expectation, reason: string, index: number) {
    return (
      path: readonly string[],
      what: string,
      expected: string,
      actual: string,
      passed = expected === actual,
    ): void => {
      this.checks.push({
        path: ['expect', index, ...path],
        subject,
        at,
        what,
        expected,
        actual,
        passed,
        reason,
      });
    };
  }
}

function listText(names: readonly string[]): string {
  return names.length === 0 ? 'none' : [...names].sort().join(', ');
}

/** Counts for an SLO or member that does not exist would be forgotten in silence. */
function unusedCounts(fixture: Fixture, { slos }: FixtureDefinitions): FixtureProblem[] {
  return fixture.counts.flatMap(({ slo: name, member }, index): FixtureProblem[] => {
    const slo = slos.find((each) => each.name === name);
    if (slo === undefined) {
      return [
        {
          path: ['counts', index, 'slo'],
          message: `names SLO ${name}, which the rules of the fixture do not define`,
        },
      ];
    }
    return slo.members.some((each) => each.name === member)
      ? []
      : [
          {
            path: ['counts', index, 'member'],
            message: `names ${JSON.stringify(member)}, which is no member of ${name}`,
          },
        ];
  });
}
