import { isAppError } from '@tidewatch/core';
import { Option, type Command } from 'commander';
import { EXIT, type ExitCode } from './exit-code.js';
import { modelText } from './model-view.js';
import type { Terminal } from './terminal.js';

interface InspectOptions {
  readonly json?: boolean;
  readonly maxBlob?: string;
}

/** Adds `model inspect`. */
export function addModelCommand(
  program: Command,
  terminal: Terminal,
  exitWith: (code: ExitCode) => void,
): void {
  program
    .command('model')
    .description('ONNX models that Encoder rules name')
    .command('inspect')
    .description('say what is in an ONNX model and what is wrong with it')
    .argument('<file>', 'an ONNX model')
    .addOption(
      new Option(
        '--max-blob <size>',
        'an initialiser or attribute above this size is an error; without it one above 64MiB is a warning',
      ),
    )
    .option('--json', 'print JSON')
    .action(async (file: string, options: InspectOptions, command: Command) => {
      // Loaded when it is needed: the other commands do without the libraries behind it, which take their time to load.
      const { blobLimit, inspectFile } = await import('./inspect-file.js');
      const limit = options.maxBlob === undefined ? undefined : blobLimit(options.maxBlob);
      if (options.maxBlob !== undefined && limit === undefined) {
        command.error(`error: --max-blob must be a size such as 64MiB, and is ${options.maxBlob}`);
      }
      try {
        const { report, sha256 } = await inspectFile(file, limit);
        terminal.out(
          options.json === true
            ? JSON.stringify({ file, sha256, ...report }, null, 2)
            : modelText(file, { report, sha256 }),
        );
        exitWith(report.problems.some(({ severity }) => severity === 'error') ? EXIT.failed : EXIT.ok);
      } catch (error) {
        if (!isAppError(error)) {
          throw error;
        }
        // No model was looked at: the command named something else.
        terminal.err(`${error.explanation}\n[${error.code}]`);
        exitWith(EXIT.usage);
      }
    });
}
