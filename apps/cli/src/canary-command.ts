import { InvalidArgumentError, type Command } from 'commander';
import { ApiClient, type ServerOptions } from './api-client.js';
import { EXIT, type ExitCode } from './exit-code.js';
import { formatTable } from './table.js';
import type { Terminal } from './terminal.js';

/** One metric of the server's answer. */
interface MetricView {
  readonly label: string;
  readonly conclusion: string;
  readonly control: number | null;
  readonly candidate: number | null;
  readonly effect: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly margin: number;
  readonly n: number;
  readonly m: number;
}

/** The answer of `GET /api/v1/canary`, as far as it is shown. */
interface CanaryView {
  readonly conclusion: 'better' | 'same' | 'worse' | 'inconclusive';
  readonly reason: string;
  readonly metrics: readonly MetricView[];
}

interface GateOptions extends ServerOptions {
  readonly json?: boolean;
  readonly model: string;
  readonly control: string;
  readonly candidate: string;
  readonly by?: string;
  readonly service?: string;
  readonly region?: string;
  readonly from?: string;
  readonly to?: string;
  readonly stratify?: string;
  readonly minimumDuration?: string;
  readonly maturity?: string;
  readonly labelSource?: string;
  readonly alpha?: string;
  readonly latencyMargin?: string;
  readonly successMargin?: string;
  readonly accuracyMargin?: string;
  readonly driftMargin?: string;
}

/** What a rollout controller is told. */
const CODES: Readonly<Record<CanaryView['conclusion'], ExitCode>> = {
  better: EXIT.ok,
  same: EXIT.ok,
  worse: EXIT.failed,
  inconclusive: EXIT.inconclusive,
};

/** Options that are parameters of the request under the same name. */
const PASSED = [
  'model',
  'control',
  'candidate',
  'by',
  'service',
  'region',
  'from',
  'to',
  'stratify',
  'minimumDuration',
  'maturity',
  'labelSource',
  'alpha',
  'latencyMargin',
  'successMargin',
  'accuracyMargin',
  'driftMargin',
] as const satisfies readonly (keyof GateOptions)[];

/** Adds `canary gate`. */
export function addCanaryCommand(
  program: Command,
  terminal: Terminal,
  exitWith: (code: ExitCode) => void,
): void {
  const canary = program.command('canary').description('a new version or variant against the one in use');
  canary
    .command('gate')
    .description(
      'compare both over the same minutes; exit status 0: promote, 1: roll back, 3: not certain yet',
    )
    .requiredOption('--model <name>', 'the model that both serve')
    .requiredOption('--control <name>', 'the variant or version in use')
    .requiredOption('--candidate <name>', 'the new one')
    .option('--by <what>', 'what tells them apart: variant (default) or version', oneOf('variant', 'version'))
    .option('--service <name>', 'only requests of this service')
    .option('--region <name>', 'only requests of this region')
    .option('--from <time>', 'when the comparison began (default: the first request of the candidate)')
    .option('--to <time>', 'when it ended (default: now)')
    .option('--stratify <what>', 'compare within each hour, or each value of a tag')
    .option('--minimum-duration <duration>', 'promote no sooner than this (default: 1h)')
    .option('--maturity <duration>', 'how long after its prediction a label counts (default: 1d)')
    .option('--label-source <name>', 'only labels of this source')
    .option('--alpha <number>', 'probability of a wrong answer at any look (default: 0.05)')
    .option('--latency-margin <share>', 'by how much latency p95 may rise (default: 0.1)')
    .option('--success-margin <share>', 'how much success rate may be lost (default: 0.01)')
    .option('--accuracy-margin <share>', 'how much accuracy may be lost (default: 0.02)')
    .option('--drift-margin <distance>', 'how far outputs may move (default: 0.1)')
    .option('--url <url>', 'address of the server', 'http://127.0.0.1:8080')
    .option('--key-file <path>', 'file that holds an API key, for servers that ask for one')
    .option('--json', 'print JSON')
    .action(async (options: GateOptions) => exitWith(await gate(options, terminal)));
}

async function gate(options: GateOptions, terminal: Terminal): Promise<ExitCode> {
  const query = new URLSearchParams();
  for (const name of PASSED) {
    const value = options[name];
    if (value !== undefined) {
      query.set(name, value);
    }
  }
  const view = (await new ApiClient(options).request(
    'GET',
    `/api/v1/canary?${query.toString()}`,
  )) as CanaryView;
  terminal.out(options.json === true ? JSON.stringify(view, null, 2) : canaryText(view));
  return CODES[view.conclusion];
}

function canaryText({ conclusion, reason, metrics }: CanaryView): string {
  const number = (value: number | null): string =>
    value === null ? '-' : String(Number(value.toPrecision(3)));
  const table = formatTable(
    [
      { title: 'Metric' },
      { title: 'Conclusion' },
      { title: 'Control', align: 'right' },
      { title: 'Candidate', align: 'right' },
      { title: 'Worse by', align: 'right' },
      { title: 'Interval', align: 'right' },
      { title: 'Allowed', align: 'right' },
      { title: 'Samples', align: 'right' },
    ],
    metrics.map((metric) => [
      metric.label,
      metric.conclusion,
      number(metric.control),
      number(metric.candidate),
      number(metric.effect),
      metric.effect === null ? '-' : `${number(metric.low)} to ${number(metric.high)}`,
      number(metric.margin),
      `${metric.n} / ${metric.m}`,
    ]),
  );
  return `${conclusion}: ${reason}\n\n${table}`;
}

function oneOf(...choices: readonly string[]): (value: string) => string {
  return (value) => {
    if (!choices.includes(value)) {
      throw new InvalidArgumentError(`It must be one of ${choices.join(', ')}.`);
    }
    return value;
  };
}
