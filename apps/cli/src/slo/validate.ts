import { formatProblem, type Problem } from '@tidewatch/core';
import { planHints, type SloMode } from '@tidewatch/slo';
import { EXIT, type ExitCode } from '../exit-code.js';
import { oneLine } from '../table.js';
import type { Terminal } from '../terminal.js';
import { counted } from './number-words.js';
import { readDefinitions, type ReadDefinitions } from './read-definitions.js';

/** Options of `slo validate`. */
export interface ValidateOptions {
  readonly strict?: boolean;
  readonly json?: boolean;
}

/** `slo validate`: everything that is wrong with rule files, and what seems unwise. */
export function validate(paths: readonly string[], options: ValidateOptions, terminal: Terminal): ExitCode {
  const mode: SloMode = options.strict === true ? 'strict' : 'lenient';
  const found = readDefinitions(paths, mode);
  const hints = hintsOf(found);
  const { slos, monitors, problems, warnings } = found;
  const code = problems.length > 0 ? EXIT.failed : EXIT.ok;
  if (options.json === true) {
    const names = (list: readonly { readonly name: string }[]): string[] => list.map(({ name }) => name);
    terminal.out(
      JSON.stringify(
        {
          mode,
          files: found.files,
          slos: names(slos),
          monitors: names(monitors),
          costModels: names(found.costModels),
          problems,
          warnings,
          hints,
        },
        null,
        2,
      ),
    );
    return code;
  }
  const lines = [
    ...problems.map((problem) => `error: ${oneLine(formatProblem(problem))}`),
    ...warnings.map((problem) => `warning: ${oneLine(formatProblem(problem))}`),
    ...hints.map((problem) => `hint: ${oneLine(formatProblem(problem))}`),
  ];
  terminal.out([...lines, ...(lines.length > 0 ? [''] : []), summary(found, hints)].join('\n'));
  return code;
}

function summary(
  { files, slos, monitors, costModels, others, problems, warnings }: ReadDefinitions,
  hints: readonly Problem[],
): string {
  const costs = costModels.length === 0 ? '' : `, ${counted(costModels.length, 'cost model')}`;
  const rules = `${counted(slos.length, 'SLO')}, ${counted(monitors.length, 'monitor')}${costs} in ${counted(files.length, 'file')}`;
  const rest = others === 0 ? '' : ` (${counted(others, 'document')} of other kinds not looked at)`;
  const verdict =
    problems.length + warnings.length + hints.length === 0
      ? 'nothing is wrong'
      : [
          counted(problems.length, 'problem'),
          counted(warnings.length, 'warning'),
          counted(hints.length, 'hint'),
        ].join(', ');
  return `${rules}${rest}: ${verdict}.`;
}

function hintsOf({ slos, places }: ReadDefinitions): Problem[] {
  return slos.flatMap((slo) => {
    const place = places.get(slo.name);
    return planHints(slo).map((message) => ({ ...place, path: slo.name, message }));
  });
}
