import { isAppError } from '@tidewatch/core';
import { ApiClient, type ServerOptions } from '../api-client.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { oneLine } from '../table.js';
import type { Terminal } from '../terminal.js';

/** Options of `slo gate`. */
export interface GateOptions extends ServerOptions {
  readonly onUnknown?: 'open' | 'closed';
  readonly json?: boolean;
}

/** The answer of `GET /api/v1/slos/:name/gate`, as far as it is used. */
interface GateView {
  readonly slo: string;
  /** `null`: it cannot be told. */
  readonly open: boolean | null;
  readonly reason: string;
}

/** `slo gate`: whether the error budget policy of an SLO lets a release go on. */
export async function gate(name: string, options: GateOptions, terminal: Terminal): Promise<ExitCode> {
  const view = await ask(name, options);
  const decided = view.open ?? (options.onUnknown === undefined ? null : options.onUnknown === 'open');
  if (options.json === true) {
    terminal.out(JSON.stringify({ ...view, decided }, null, 2));
  } else {
    const word = decided === null ? 'unknown' : decided ? 'open' : 'frozen';
    const assumed = view.open === null && decided !== null ? ', by --on-unknown' : '';
    terminal.out(`${word}${assumed}: ${oneLine(view.reason)}`);
  }
  return decided === null ? EXIT.inconclusive : decided ? EXIT.ok : EXIT.failed;
}

async function ask(name: string, options: GateOptions): Promise<GateView> {
  try {
    const path = `/api/v1/slos/${encodeURIComponent(name)}/gate`;
    return (await new ApiClient(options).request('GET', path)) as GateView;
  } catch (error) {
    // A server that cannot be reached tells as little as an SLO without data; a name that does not exist is a mistake.
    if (options.onUnknown !== undefined && isAppError(error) && error.retryable) {
      return { slo: name, open: null, reason: error.message };
    }
    throw error;
  }
}
