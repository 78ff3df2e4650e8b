import type { Command } from 'commander';
import type { ServerOptions } from '../api-client.js';

/** What every command that asks a server can be told. */
export interface AskOptions extends ServerOptions {
  readonly json?: boolean;
}

/** Adds the options of {@link AskOptions} to a command. */
export function withServer(command: Command): Command {
  return command
    .option('--url <url>', 'address of the server', 'http://127.0.0.1:8080')
    .option('--key-file <path>', 'file that holds an API key, for servers that ask for one')
    .option('--json', 'print JSON');
}
