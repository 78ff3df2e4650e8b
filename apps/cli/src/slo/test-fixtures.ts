import { dirname, resolve } from 'node:path';
import { formatPath, parseDocument, readYamlDocuments } from '@tidewatch/config';
import { formatDuration, formatProblem, type Problem } from '@tidewatch/core';
import { fixtureSchema, runFixture, type Fixture, type FixtureCheck } from '@tidewatch/slo';
import { EXIT, type ExitCode } from '../exit-code.js';
import { oneLine } from '../table.js';
import type { Terminal } from '../terminal.js';
import { counted } from './number-words.js';
import { read, readDefinitions } from './read-definitions.js';

/** What came of one fixture. */
interface FixtureReport {
  readonly file: string;
  readonly line: number;
  readonly name: string;
  readonly passed: boolean;
  readonly checks: readonly (FixtureCheck & { readonly line: number })[];
  readonly problems: readonly Problem[];
}

/** `slo test`: runs fixtures on a virtual clock. */
export function testFixtures(
  files: readonly string[],
  options: { readonly json?: boolean },
  terminal: Terminal,
): ExitCode {
  const reports = files.flatMap(reportsOf);
  const passed = reports.every((report) => report.passed);
  terminal.out(
    options.json === true ? JSON.stringify({ passed, fixtures: reports }, null, 2) : text(reports),
  );
  return passed ? EXIT.ok : EXIT.failed;
}

function reportsOf(file: string): FixtureReport[] {
  const problems: Problem[] = [];
  const documents = readYamlDocuments(file, read(file), problems);
  if (documents.length === 0) {
    const empty: Problem = { file, path: '', message: 'holds no fixture' };
    return [
      {
        file,
        line: 1,
        name: '',
        passed: false,
        checks: [],
        problems: problems.length > 0 ? problems : [empty],
      },
    ];
  }
  return documents.map((document): FixtureReport => {
    const found: Problem[] = [];
    const fixture = parseDocument(document, fixtureSchema, found);
    const about = { file, line: document.lineOf([]) };
    if (fixture === undefined) {
      return { ...about, name: '', passed: false, checks: [], problems: found };
    }
    const definitions = definitionsOf(fixture, file, found);
    if (found.length > 0) {
      return { ...about, name: fixture.name, passed: false, checks: [], problems: found };
    }
    const result = runFixture(fixture, definitions);
    const wrong = result.problems.map(({ path, message }) => ({
      file,
      line: document.lineOf(path),
      path: formatPath(path),
      message,
    }));
    return {
      ...about,
      name: fixture.name,
      passed: wrong.length === 0 && result.checks.every((check) => check.passed),
      checks: result.checks.map((check) => ({ ...check, line: document.lineOf(check.path) })),
      problems: wrong,
    };
  });
}

function definitionsOf(fixture: Fixture, file: string, problems: Problem[]) {
  const paths = fixture.rules.map((path) => resolve(dirname(file), path));
  const found = readDefinitions(paths, 'lenient');
  problems.push(...found.problems);
  return found;
}

function text(reports: readonly FixtureReport[]): string {
  const checks = reports.flatMap((report) => report.checks);
  const failed = checks.filter((check) => !check.passed).length;
  const broken = reports.flatMap(({ problems }) => problems).length;
  const summary = `${counted(reports.length, 'fixture')}, ${counted(checks.length, 'expectation')}`;
  return [
    ...reports.flatMap(reportLines),
    failed + broken === 0
      ? `${summary}: all are met.`
      : `${summary}: ${counted(failed, 'failure')}${broken === 0 ? '' : `, ${counted(broken, 'problem')}`}.`,
  ].join('\n');
}

function reportLines({ file, line, name, passed, checks, problems }: FixtureReport): string[] {
  return [
    `${passed ? 'pass' : 'FAIL'}  ${file}${line > 1 ? `:${line}` : ''}${name === '' ? '' : `  ${oneLine(name)}`}`,
    ...problems.map((problem) => `  ${oneLine(formatProblem(problem))}`),
    ...checks
      .filter((check) => !check.passed)
      .flatMap((check) => [
        `  ${file}:${check.line} ${oneLine(check.subject)} at ${formatDuration(check.at)}, ${check.what}: expected ${oneLine(check.expected)}, got ${oneLine(check.actual)}`,
        `    ${oneLine(check.reason)}`,
      ]),
  ];
}
