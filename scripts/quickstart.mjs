// The whole road in one command: installs, builds, starts Tidewatch on the embedded engine, starts stand-ins for
// PagerDuty and Slack, starts the demo fleet, and shows a real page and two real tickets arrive.
//
//   npm run quickstart             runs until Ctrl-C
//   npm run quickstart -- --once   ends with 0 once the page and the tickets were delivered, with 1 after 3 minutes
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { ensureBuilt, root } from './setup.mjs';

const LIMIT_MS = 180_000;
/** examples/rules/receivers.yaml names it: a rule file holds no variables. */
const PAGERDUTY_PORT = '18091';
/** What the story must lead to: who receives it, and the kind of rule that is a member of its incident. */
const EXPECTED = {
  page: { kind: 'pagerduty', effect: 'opened', receiver: 'sre-pager', rule: 'SLO' },
  'drift ticket': { kind: 'slack', effect: 'posted', receiver: 'ml-tickets', rule: 'DriftMonitor' },
  'embedding ticket': { kind: 'slack', effect: 'posted', receiver: 'ml-tickets', rule: 'EmbeddingMonitor' },
};
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
  const server = await startServer(standIns);
  console.log(`
  Console     ${server.console}
  Send data   OTEL_EXPORTER_OTLP_ENDPOINT=${server.otlp}
  Rules       examples/rules (page: PagerDuty stand-in, ticket: Slack stand-in)
  Stop        Ctrl-C
`);
  const fleet = start('fleet', 'dist/examples/fleet/src/main.js', [
    '--otlp',
    server.otlp,
    '--api',
    server.console,
  ]);
  let badDeployAt;
  follow(fleet, (line) => {
    if (!line.startsWith('{')) {
      return show('fleet', line);
    }
    const event = JSON.parse(line);
    if (event.event === 'bad-deploy') {
      badDeployAt = event.at;
    }
  });
  if (options.once) {
    await waitForAll(server.console, standIns.events, () => badDeployAt);
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
  const args = ['--pagerduty-port', PAGERDUTY_PORT, '--slack-port', '0', '--record', record];
  const child = start('received', 'dist/examples/stand-ins/src/main.js', args);
  const slack = await new Promise((resolve) => {
    follow(child, (line) => {
      const listening = /^\[(\w+)\] listening on (\S+)/.exec(line);
      if (listening === null) {
        show('received', line);
      } else if (listening[1] === 'Slack') {
        resolve(listening[2]);
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
  return { slack, events };
}

async function startServer(standIns) {
  const child = start('server', 'dist/apps/server/src/main.js', [], {
    TIDEWATCH_DATA_DIR: join(dataDir, 'server'),
    TIDEWATCH_RULES_DIR: join(root, 'examples/rules'),
    TIDEWATCH_LOG_LEVEL: 'warn',
    UV_THREADPOOL_SIZE: '16',
    // The stand-ins accept any key of the right form; a real one would stand in your environment.
    TIDEWATCH_DEMO_PAGERDUTY_KEY: '0123456789abcdef0123456789abcdef',
    TIDEWATCH_DEMO_SLACK_URL: standIns.slack,
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

/** Waits until the stand-ins hold the page and both tickets and the incidents say that all were delivered. */
async function waitForAll(api, received, badDeployAt) {
  const deadline = Date.now() + LIMIT_MS;
  const arrived = {};
  for (;;) {
    const items = await openIncidents(api);
    for (const [name, expected] of Object.entries(EXPECTED)) {
      arrived[name] ??= arrival(items, received(), expected);
    }
    if (Object.values(arrived).every((at) => at !== undefined)) {
      break;
    }
    if (Date.now() > deadline) {
      throw new Error(await whyNot(api, arrived, badDeployAt()));
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  console.log('');
  for (const { sentence } of (await (await fetch(`${api}/api/v1/slos`)).json()).items) {
    show('slo', sentence);
  }
  const seconds = (name) => Number(((arrived[name] - badDeployAt()) / 1_000).toFixed(1));
  const [page, ticket, embedding] = Object.keys(EXPECTED).map(seconds);
  console.log(
    `\nPage delivered ${page} s, drift ticket ${ticket} s and embedding ticket ${embedding} s after the bad deploy.`,
  );
  console.log(
    JSON.stringify({
      event: 'alerted',
      pageSeconds: page,
      ticketSeconds: ticket,
      embeddingSeconds: embedding,
    }),
  );
}

/** None while the server does not answer: if it has died, whoever watches it says so better than a failed request. */
async function openIncidents(api) {
  try {
    return (await (await fetch(`${api}/api/v1/incidents?status=open`)).json()).items ?? [];
  } catch {
    return [];
  }
}

/**
 * When a notification of an incident with a rule of the given kind arrived: the stand-in holds it, and the incident says
 * that it was delivered.
 */
function arrival(incidents, received, { kind, effect, receiver, rule }) {
  for (const incident of incidents) {
    const [, name] =
      incident.members.map((member) => member.name.split('/')).find(([first]) => first === rule) ?? [];
    const told = incident.notifications.some(
      (each) => each.receiver === receiver && each.action === 'trigger' && each.outcome === 'delivered',
    );
    const event = received.find(
      (each) => each.kind === kind && each.effect === effect && JSON.stringify(each.payload).includes(name),
    );
    if (name !== undefined && told && event !== undefined) {
      return event.at;
    }
  }
  return undefined;
}

async function whyNot(api, arrived, badDeployAt) {
  const missing = Object.keys(EXPECTED).filter((name) => arrived[name] === undefined);
  const read = async (path) => (await fetch(`${api}/api/v1/${path}`)).json();
  const slos = (await read('slos')).items.map(
    (slo) => `  SLO ${slo.name}: ${slo.verdict?.reason ?? 'not judged yet'}`,
  );
  const monitors = (await read('monitors')).items.map(
    (monitor) => `  monitor ${monitor.name}: ${monitor.reason}`,
  );
  const { items, backlog } = await read('encoders');
  const encoders = items.map(
    (encoder) =>
      `  encoder ${encoder.name}: ${encoder.state}, ${encoder.encoded} encoded, ${encoder.refused} refused. ${encoder.problem}`,
  );
  return [
    `no ${missing.join(' and no ')} was delivered within ${LIMIT_MS / 60_000} minutes.`,
    badDeployAt === undefined ? '  The fleet never got to its bad deploy.' : '',
    ...slos,
    ...monitors,
    ...encoders,
    `  inputs that wait to be encoded: ${backlog.rows}`,
  ]
    .filter((line) => line !== '')
    .join('\n');
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
