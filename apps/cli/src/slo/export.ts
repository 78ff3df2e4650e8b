import { exportOpenSlo } from '@tidewatch/slo';
import { stringify } from 'yaml';
import { EXIT, type ExitCode } from '../exit-code.js';
import type { Terminal } from '../terminal.js';
import { readDefinitions } from './read-definitions.js';
import { refuseProblems } from './refuse-problems.js';

/** `slo export`: the SLOs of files as OpenSLO v1 documents that stand by themselves. */
export function exportFiles(
  files: readonly string[],
  options: { readonly json?: boolean },
  terminal: Terminal,
): ExitCode {
  const found = readDefinitions(files, 'lenient');
  refuseProblems(found);
  const documents = found.slos.flatMap(exportOpenSlo);
  terminal.out(
    options.json === true
      ? JSON.stringify(documents, null, 2)
      : documents
          .map((document) => stringify(document, { lineWidth: 120, aliasDuplicateObjects: false }))
          .join('---\n')
          .trimEnd(),
  );
  return EXIT.ok;
}
