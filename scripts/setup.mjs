// Brings a checkout to the point where it can run, with nothing but Node.js and npm present: installs the locked
// dependencies and builds, each only when what it depends on has changed. Uses no package, since none may be there yet.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

const INSTALL_STAMP = join(root, 'node_modules', '.tidewatch-installed');
const BUILD_STAMP = join(root, 'dist', '.tidewatch-built');
/** What the build reads. A change in any of these makes the build stale. */
const BUILD_INPUTS = [
  'apps',
  'libs',
  'dashboards',
  'examples',
  'test/bench',
  'test/calibration',
  'test/conformance',
  'test/crash',
  'test/faults',
  'test/harness',
  'test/load',
  'tsconfig.json',
  'tsconfig.build.json',
  'nest-cli.json',
  'package-lock.json',
];

/** Runs a command with its output shown; ends this process with the command's exit status when it fails. */
export function run(what, command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (result.error !== undefined || result.status !== 0) {
    console.error(`\n${what} failed${result.error === undefined ? '' : `: ${result.error.message}`}.`);
    process.exit(result.status ?? 1);
  }
}

/** Runs the entry point of an installed package with this very Node.js. */
export function runPackage(what, entry, args, options = {}) {
  run(what, process.execPath, [join(root, 'node_modules', entry), ...args], options);
}

export function ensureNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    console.error(
      `Tidewatch needs Node.js 20.19 or later; this is ${process.versions.node}. See https://nodejs.org`,
    );
    process.exit(1);
  }
}

export function ensureInstalled() {
  ensureNode();
  const wanted = digest(['package-lock.json', 'package.json']) + process.versions.modules;
  if (readStamp(INSTALL_STAMP) === wanted) {
    return;
  }
  console.log(
    'Installing dependencies (about 1.2 GB with the ClickHouse engine and ONNX Runtime; only the first time)…',
  );
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  // The encoder's GPU libraries are a separate, large download that nothing here needs.
  const environment = { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' };
  // Not `npm ci`: it refuses a lock file that lacks the builds of other platforms, which a registry may not offer.
  // Every version is pinned all the same, here and in the lock file, and --no-save leaves both files alone.
  run('npm install', npm, ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'], {
    env: environment,
  });
  writeFileSync(INSTALL_STAMP, wanted);
}

export function ensureBuilt() {
  ensureInstalled();
  const wanted = digest(BUILD_INPUTS);
  if (readStamp(BUILD_STAMP) === wanted) {
    return;
  }
  console.log('Building…');
  runPackage('The server build', '@nestjs/cli/bin/nest.js', ['build']);
  runPackage('The console build', 'vite/bin/vite.js', ['build', 'apps/console', '--logLevel', 'warn']);
  mkdirSync(dirname(BUILD_STAMP), { recursive: true });
  writeFileSync(BUILD_STAMP, wanted);
}

function readStamp(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

/** One hash over names and contents of files and folders. */
function digest(paths) {
  const hash = createHash('sha256');
  for (const file of paths.flatMap((path) => filesBelow(path)).sort()) {
    hash.update(`${file}\0`).update(readFileSync(join(root, file)));
  }
  return hash.digest('hex');
}

function filesBelow(path) {
  const absolute = join(root, path);
  if (!existsSync(absolute)) {
    return [];
  }
  if (!statSync(absolute).isDirectory()) {
    return [path];
  }
  return readdirSync(absolute).flatMap((name) => filesBelow(join(path, name)));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  ensureBuilt();
}
