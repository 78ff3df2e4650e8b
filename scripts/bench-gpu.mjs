// Measures the encoder's figures on the graphics card and on the processor of this machine, without anybody watching, and writes
// them to one JSON file: npm run bench:gpu [-- FILE [NAME…]]. FILE is bench-gpu.json unless it is given; names are those of
// `npm run bench`, and `encoder`, all that runs on ONNX Runtime, unless they are given.
//
// Where no card can be used the file says why, and has the processor's figures alone.
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { ensureBuilt, root } from './setup.mjs';

const CARD_PROVIDERS = ['cuda', 'webgpu'];
const PROBE_MS = 10 * 60_000;
const RUN_MS = 2 * 3_600_000;
const BENCH = join(root, 'dist/test/bench');

const [file = 'bench-gpu.json', ...names] = process.argv.slice(2);
const benchmarks = names.length > 0 ? names : ['encoder'];
const path = resolve(file);

ensureBuilt();
const providers = CARD_PROVIDERS.map(probe);
const usable = providers.filter(({ usable }) => usable);
const report = {
  startedAt: new Date().toISOString(),
  finishedAt: null,
  machine: machine(usable),
  versions: {
    tidewatch: packageVersion('package.json'),
    node: process.versions.node,
    onnxruntime: packageVersion('node_modules/onnxruntime-node/package.json'),
  },
  benchmarks,
  providers,
  note:
    usable.length > 0
      ? null
      : 'No graphics card could be used here: the figures are those of the processor alone. The reasons are under providers.',
  runs: [],
};
for (const { provider, works, reason, device } of providers) {
  console.error(works ? `${provider}: ${device}${reason ? ` (${reason})` : ''}` : `${provider}: ${reason}`);
}
if (report.note !== null) {
  console.error(report.note);
}
for (const provider of [...usable.map(({ provider }) => provider), 'cpu']) {
  console.error(`Measuring on ${provider}…`);
  report.runs.push(await measure(provider));
  // After every run, so that a later one that takes the machine down loses nothing.
  save();
}
report.finishedAt = new Date().toISOString();
save();
console.error(`Written to ${path}`);
process.exit(report.runs.some(({ problem }) => problem !== null) ? 1 : 0);

/** Whether a provider works, in a process of its own: a broken driver takes that down. */
function probe(provider) {
  const { stdout, error, status, signal } = spawnSync(process.execPath, [join(BENCH, 'probe-provider.js')], {
    env: environment(provider),
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: PROBE_MS,
  });
  const line = stdout?.trim().split('\n').at(-1);
  if (error !== undefined || status !== 0 || !line) {
    const reason = error?.message ?? `the process that tried it ended with ${signal ?? status}`;
    return { provider, works: false, usable: false, device: null, reason };
  }
  const answer = JSON.parse(line);
  // A driver that draws on the processor works as well, and is no card.
  const isSoftware = answer.works && answer.device.split(' or ').every((name) => name.includes('software'));
  return {
    provider,
    ...answer,
    usable: answer.works && !isSoftware,
    reason: isSoftware ? 'a software driver, which is no card: not measured' : answer.reason,
  };
}

/** Runs the benchmarks on a provider; a figure that was measured on another is left out, which is a problem. */
async function measure(provider) {
  const startedAt = Date.now();
  const child = spawn(process.execPath, ['--enable-source-maps', join(BENCH, 'main.js'), ...benchmarks], {
    env: environment(provider),
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const late = setTimeout(() => child.kill('SIGKILL'), RUN_MS);
  const ended = new Promise((resolve) => child.once('close', (code, signal) => resolve(signal ?? code)));
  const figures = [];
  const problems = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const figure = JSON.parse(line);
    if (figure.provider?.startsWith(provider)) {
      figures.push(figure);
      console.log(line);
    } else {
      problems.push(`${figure.name} was measured on ${figure.provider ?? 'no provider'}`);
    }
  }
  const status = await ended;
  clearTimeout(late);
  if (status !== 0) {
    problems.push(`the benchmark ended with ${status}`);
  }
  return {
    provider,
    seconds: Math.round((Date.now() - startedAt) / 1000),
    problem: problems.length > 0 ? problems.join('; ') : null,
    figures,
  };
}

function environment(provider) {
  return { ...process.env, UV_THREADPOOL_SIZE: '16', TIDEWATCH_BENCH_PROVIDER: provider };
}

/** What is known of the machine; the card's name is what a provider that works says of it. */
function machine(usable) {
  const processors = cpus();
  return {
    processor: processors[0]?.model.trim() ?? process.arch,
    cores: processors.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${process.arch} ${release()}`,
    card: usable[0]?.device ?? null,
  };
}

function packageVersion(path) {
  return JSON.parse(readFileSync(join(root, path), 'utf8')).version;
}

function save() {
  writeFileSync(path, `${JSON.stringify(report, null, 2)}\n`);
}
