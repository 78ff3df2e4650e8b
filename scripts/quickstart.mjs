// The whole road in one command: installs, builds, starts Tidewatch on the embedded engine, starts stand-ins for
// PagerDuty and Slack, starts the demo fleet, and shows a real page and two real tickets arrive, and the page end.
//
//   npm run quickstart             runs until Ctrl-C
//   npm run quickstart -- --once   ends with 0 once the tickets were delivered and the page was opened, updated in place
//                                  and resolved; with 1 after 3 minutes
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { storyLines, waitForStory } from './quickstart-story.mjs';
import { ensureBuilt, root } from './setup.mjs';

const LIMIT_MS = 180_000;
/** examples/rules/receivers.yaml names them: a rule file holds no variables. */
const PAGERDUTY_PORT = '18091';
const SLACK_PORT = '18092';
const { values: options } = parseArgs({ options: { once: { type: 'boolean', default: false } } });

ensureBuilt();

const children = [];
let stopping = false;
const dataDir = freshDataDirectory();
process.on('SIGINT', () => void stop(options.once ? 130 : 0));
process.on('SIGTERM', () => void stop(options.once ? 143 : 0));

try {
  await main();
} catch (error) {
  console.error(`\nThe quickstart stopped: ${error.message}`);
  await stop(1);
}

async function main() {
  const standIns = await startStandIns();
  const server = await startServer();
  console.log(`
  Console     ${server.console}
  Send data   OTEL_EXPORTER_OTLP_ENDPOINT=${server.otlp}
  Rules       examples/rules (pages: stand-ins for PagerDuty and Slack; tickets: Slack)
  Stop        Ctrl-C
`);
  const fleet = start('fleet', 'dist/examples/fleet/src/main.js', [
    '--otlp',
    server.otlp,
    '--api',
    server.console,
  ]);
  const moments = { badDeployAt: undefined, rolledBackAt: undefined };
  follow(fleet, (line) => {
    if (!line.startsWith('{')) {
      return show('fleet', line);
    }
    const event = JSON.parse(line);
    if (event.event === 'bad-deploy') {
      moments.badDeployAt = event.at;
    } else if (event.event === 'rollback') {
      moments.rolledBackAt = event.at;
    }
  });
  if (options.once) {
    await tellStory(server.console, standIns.events, moments);
    await stop(0);
  }
}

/** A directory of its own per run: a demo that adds today's history to yesterday's would tell a false story. */
function freshDataDirectory() {
  const parent = join(root, 'data');
  mkdirSync(parent, { recursive: true });
  for (const name of readdirSync(parent)) {
    const pid = Number(/^quickstart-(\d+)$/.exec(name)?.[1]);
    if (pid > 0 && !isAlive(pid)) {
      rmSync(join(parent, name), { recursive: true, force: true });
    }
  }
  return join(parent, `quickstart-${process.pid}`);
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

async function startStandIns() {
  const record = join(dataDir, 'received.ndjson');
  mkdirSync(dataDir, { recursive: true });
  const args = ['--pagerduty-port', PAGERDUTY_PORT, '--slack-api-port', SLACK_PORT, '--record', record];
  const child = start('received', 'dist/examples/stand-ins/src/main.js', args);
  await new Promise((resolve) => {
    follow(child, (line) => {
      const listening = /^\[(\w+)\] listening on /.exec(line);
      if (listening === null) {
        show('received', line);
      } else if (listening[1] === 'Slack') {
        resolve();
      }
    });
  });
  const events = () =>
    existsSync(record)
      ? readFileSync(record, 'utf8')
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => JSON.parse(line))
      : [];
  return { events };
}

async function startServer() {
  const child = start('server', 'dist/apps/server/src/main.js', [], {
    TIDEWATCH_DATA_DIR: join(dataDir, 'server'),
    TIDEWATCH_RULES_DIR: join(root, 'examples/rules'),
    TIDEWATCH_LOG_LEVEL: 'warn',
    UV_THREADPOOL_SIZE: '16',
    // The stand-ins are on this machine; receivers elsewhere must have a public address.
    TIDEWATCH_PRIVATE_DESTINATIONS: '127.0.0.1',
    // The stand-ins accept any key and token of the right form; real ones would stand in your environment.
    TIDEWATCH_DEMO_PAGERDUTY_KEY: '0123456789abcdef0123456789abcdef',
    TIDEWATCH_DEMO_LEAD_KEY: 'fedcba9876543210fedcba9876543210',
    TIDEWATCH_DEMO_SLACK_TOKEN: 'xoxb-stand-in',
  });
  const found = {};
  await new Promise((resolve) => {
    follow(child, (line) => {
      found.console ??= /Console\s+(http\S+)/.exec(line)?.[1];
      found.otlp ??= /OTEL_EXPORTER_OTLP_ENDPOINT=(\S+)/.exec(line)?.[1];
      if (found.console !== undefined && found.otlp !== undefined) {
        resolve();
      }
    });
  });
  return found;
}

/** Waits for the end of the story and tells it, in words and as one line of JSON for programs. */
async function tellStory(api, received, moments) {
  const arrived = await waitForStory({ api, received, fleet: moments, limitMs: LIMIT_MS });
  console.log('\nWho was told what, after the bad deploy:\n');
  storyLines(received(), moments).forEach((line) => console.log(line));
  console.log('');
  for (const { sentence } of (await (await fetch(`${api}/api/v1/slos`)).json()).items) {
    show('slo', sentence);
  }
  const seconds = (name) => Number(((arrived[name] - moments.badDeployAt) / 1_000).toFixed(1));
  console.log('');
  console.log(
    JSON.stringify({
      event: 'alerted',
      pageSeconds: seconds('page'),
      ticketSeconds: seconds('drift ticket'),
      embeddingSeconds: seconds('embedding ticket'),
      resolvedSeconds: seconds('end of the page'),
    }),
  );
}

/** Starts one part. A part that ends by itself ends the quickstart, saying which one and with what. */
function start(name, script, args, environment = {}) {
  const path = join(root, script);
  if (!existsSync(path)) {
    throw new Error(`${script} is missing from the build; run: rm -rf dist && npm run build`);
  }
  // Parts get a process group of their own: Ctrl-C reaches this process alone, which then stops them in order.
  const child = spawn(process.execPath, ['--enable-source-maps', path, ...args], {
    cwd: root,
    detached: true,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const errors = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    errors.push(line);
    show(name, line);
  });
  child.on('exit', (code, signal) => {
    if (!stopping) {
      console.error(
        `\nThe ${name} ended unexpectedly (${signal ?? `exit code ${code}`})${errors.length > 0 ? '; see its last words above' : ''}.`,
      );
      void stop(1);
    }
  });
  children.push({ name, child });
  return child;
}

function follow(child, onLine) {
  createInterface({ input: child.stdout }).on('line', onLine);
}

function show(name, line) {
  console.log(`${name.padEnd(9)}│ ${line}`);
}

/** Stops the parts, last started first: the fleet before the server it sends to, the server before the stand-ins. */
async function stop(code) {
  if (stopping) {
    return;
  }
  stopping = true;
  for (const { child } of children.toReversed()) {
    if (child.exitCode !== null || child.signalCode !== null) {
      continue;
    }
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    const cut = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(cut);
  }
  rmSync(dataDir, { recursive: true, force: true });
  process.exit(code);
}

// If this process is killed, the parts must not outlive it unseen; their directory is cleared by the next run.
process.on('exit', () => {
  for (const { child } of children) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
    }
  }
});
