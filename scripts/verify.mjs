// Everything that must hold before a change is accepted: installs, lints, typechecks, builds, and runs every test.
// The last line has the form "123 passed, 0 failed".
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, root, runPackage } from './setup.mjs';

/** Debian packages the tests use, each with a program that shows it is there. */
const DEBIAN_PACKAGES = [
  { name: 'chromium', program: '/usr/bin/chromium' },
  { name: 'redis-server', program: '/usr/bin/redis-server' },
];

/** Many tests wait for a process or a clock for half of their time, so three workers keep two cores busy. Each may need 4 GB. */
const WORKERS = 3;
/** It judges how long an event loop is held up: on a quiet machine, before the others begin. */
const QUIET = 'test/faults/hostile.spec.ts';

ensureDebianPackages();
ensureInstalled();
step('Lint, beside typecheck and build');
const linted = lintBeside();
runPackage('Prettier', 'prettier/bin/prettier.cjs', ['--check', '--log-level', 'warn', '.']);
step('Typecheck');
runPackage('The type check', 'typescript/bin/tsc', ['-p', 'tsconfig.json']);
runPackage("The console's type check", 'typescript/bin/tsc', [
  '-p',
  'apps/console/tsconfig.json',
  '--noEmit',
]);
step('Build');
ensureBuilt();
await linted;
step('Tests');
process.exit(runTests());

function step(name) {
  console.log(`\n== ${name}`);
}

/** ESLint keeps one core busy for more than a minute, and the steps beside it another one. Its report goes to a file. */
async function lintBeside() {
  const folder = mkdtempSync(join(tmpdir(), 'tidewatch-lint-'));
  const report = join(folder, 'report.txt');
  const output = openSync(report, 'w');
  const eslint = spawn(
    process.execPath,
    [join(root, 'node_modules/eslint/bin/eslint.js'), '.', '--max-warnings', '0'],
    { cwd: root, stdio: ['ignore', output, output] },
  );
  const status = await new Promise((resolve) => eslint.once('exit', resolve));
  if (status !== 0) {
    console.error(`${readFileSync(report, 'utf8')}\nESLint found problems; see above.`);
    process.exit(1);
  }
  rmSync(folder, { recursive: true });
}

function ensureDebianPackages() {
  const missing = DEBIAN_PACKAGES.filter(({ program }) => !existsSync(program)).map(({ name }) => name);
  if (missing.length === 0) {
    return;
  }
  const install = `apt-get install -y --no-install-recommends ${missing.join(' ')}`;
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    console.error(
      `The tests need ${missing.join(', ')}. Install it and run again, on Debian with: sudo ${install}`,
    );
    process.exit(1);
  }
  step(`Installing ${missing.join(', ')}`);
  const options = {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  };
  spawnSync('apt-get', ['update'], options);
  const result = spawnSync('apt-get', install.split(' ').slice(1), options);
  if (result.status !== 0) {
    console.error(`Installing ${missing.join(', ')} failed; see above.`);
    process.exit(1);
  }
}

function runTests() {
  const given = process.argv.slice(2);
  const workers = `--maxWorkers=${WORKERS}`;
  const results =
    given.length > 0
      ? [runJest([workers, ...given])]
      : [runJest(['--runInBand', QUIET]), runJest([workers, `--testPathIgnorePatterns=${QUIET}`])];
  if (results.includes(undefined)) {
    console.error('Jest ended without a report.');
    return 1;
  }
  const sum = (numberOf) => results.reduce((total, { report }) => total + numberOf(report), 0);
  const passed = sum((report) => report.numPassedTests);
  // A suite that cannot even be loaded has no failed test; it must not read as success.
  const failed = sum((report) => report.numFailedTests + report.numRuntimeErrorTestSuites);
  const skipped = sum((report) => report.numPendingTests + report.numTodoTests);
  console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  const isGreen = results.every(({ status, report }) => status === 0 && report.numPassedTests > 0);
  return isGreen && failed === 0 ? 0 : 1;
}

/** Runs Jest. Returns its exit status and its report; `undefined` when there is no report. */
function runJest(options) {
  const folder = mkdtempSync(join(tmpdir(), 'tidewatch-verify-'));
  const file = join(folder, 'report.json');
  const { status } = spawnSync(
    process.execPath,
    [join(root, 'node_modules/jest/bin/jest.js'), '--json', `--outputFile=${file}`, ...options],
    {
      cwd: root,
      // With --json Jest prints the report on standard output; its readable form goes to standard error.
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        ...process.env,
        NODE_OPTIONS: '--experimental-vm-modules --no-warnings',
        UV_THREADPOOL_SIZE: '16',
      },
    },
  );
  const report = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
  rmSync(folder, { recursive: true });
  return report && { status, report };
}
