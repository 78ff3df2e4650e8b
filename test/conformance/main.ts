import { Command, InvalidArgumentError } from 'commander';
import { resultLine, runSuite } from './suite.js';

interface Options {
  readonly http?: string;
  readonly grpc?: string;
  readonly key?: string;
  readonly origin?: string;
  readonly limit: number;
}

const program = new Command('conformance')
  .description('Checks an OTLP receiver against the OTLP specification 1.11, from outside.')
  .option('--http <url>', 'base URL of OTLP/HTTP, for example http://127.0.0.1:4318')
  .option('--grpc <host:port>', 'address of OTLP/gRPC, for example 127.0.0.1:4317')
  .option('--key <key>', 'bearer key, when the receiver asks for one')
  .option('--origin <origin>', 'an origin that the receiver allows browsers to send from')
  .option('--limit <bytes>', "the receiver's request limit after decompression", bytes, 67_108_864)
  .parse();

function bytes(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) {
    throw new InvalidArgumentError('It must be a whole number of bytes.');
  }
  return value;
}

const { http, grpc, key, origin, limit } = program.opts<Options>();
if (http === undefined && grpc === undefined) {
  program.error('Name what to check: --http URL, --grpc HOST:PORT, or both.', { exitCode: 2 });
}
const results = await runSuite(
  {
    http: http ?? null,
    grpc: grpc ?? null,
    limitBytes: limit,
    ...(key === undefined ? {} : { key }),
    ...(origin === undefined ? {} : { origin }),
  },
  (result) => process.stdout.write(`${resultLine(result)}\n`),
);
const passed = results.filter((result) => result.passed).length;
process.stdout.write(`\n${passed} of ${results.length} passed\n`);
process.exit(passed === results.length ? 0 : 1);
