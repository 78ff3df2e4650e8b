import { AppError } from '@tidewatch/core';
import { planTable, type SloDefinition } from '@tidewatch/slo';
import { EXIT, type ExitCode } from '../exit-code.js';
import type { Terminal } from '../terminal.js';
import { planText } from './plan-view.js';
import { readDefinitions } from './read-definitions.js';
import { refuseProblems } from './refuse-problems.js';

/** Options of `slo plan`. */
export interface PlanCommandOptions {
  readonly slo?: string;
  readonly errors?: readonly number[];
  readonly rate?: number;
  readonly json?: boolean;
}

/** `slo plan`: when each tier of the SLOs of a file would fire, and what that costs. */
export function plan(file: string, options: PlanCommandOptions, terminal: Terminal): ExitCode {
  const found = readDefinitions([file], 'lenient');
  refuseProblems(found);
  const tables = chosen(found.slos, options.slo, file).map((slo) =>
    planTable(slo, {
      ...(options.errors === undefined ? {} : { errorRatios: options.errors }),
      ...(options.rate === undefined ? {} : { eventsPerSecond: options.rate }),
    }),
  );
  terminal.out(options.json === true ? JSON.stringify(tables, null, 2) : tables.map(planText).join('\n\n'));
  return EXIT.ok;
}

/**
 * The SLO of a name, or all.
 *
 * @throws AppError `cli.no-slo` when there is none
 */
export function chosen(
  slos: readonly SloDefinition[],
  name: string | undefined,
  file: string,
): readonly SloDefinition[] {
  const found = name === undefined ? slos : slos.filter((slo) => slo.name === name);
  if (found.length === 0) {
    const names = slos.map((slo) => slo.name).join(', ');
    throw new AppError({
      code: 'cli.no-slo',
      message: name === undefined ? `${file} defines no SLO.` : `${file} defines no SLO ${name}.`,
      hint: names === '' ? 'Name a file with documents of kind SLO.' : `It defines ${names}.`,
    });
  }
  return found;
}
