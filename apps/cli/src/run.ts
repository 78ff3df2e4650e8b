import { errorMessage, isAppError } from '@tidewatch/core';
import { Command, CommanderError } from 'commander';
import { addActionCommand } from './alerts/action-command.js';
import { addDrillCommand } from './alerts/drill-command.js';
import { addIncidentCommand } from './alerts/incident-command.js';
import { addNotificationCommand } from './alerts/notification-command.js';
import { addRouteCommand } from './alerts/route-command.js';
import { addSilenceCommand } from './alerts/silence-command.js';
import { addCanaryCommand } from './canary-command.js';
import { EXIT, type ExitCode } from './exit-code.js';
import { addJournalCommand } from './journal-command.js';
import { addModelCommand } from './model-command.js';
import { addScrapeCommand } from './scrape-command.js';
import { addSloCommand } from './slo/slo-command.js';
import type { Terminal } from './terminal.js';
import { VERSION } from './version.js';

/**
 * Runs the command `tidewatch`.
 *
 * @param args what was written after its name
 * @returns the exit status
 */
export async function run(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok;
  const program = createProgram(terminal, (next) => {
    code = next;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) {
      // It has said what is wrong; asking for help or the version is not.
      return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    }
    if (isAppError(error)) {
      terminal.err(`${error.explanation}\n[${error.code}]`);
      // An exposition that was cut off is a finding about the exposition.
      if (error.retryable && !error.code.startsWith('scrape.')) {
        return EXIT.unavailable;
      }
      // What the server cannot read was written wrongly; a gate must not take it for a refusal.
      return error.code === 'request.invalid' ? EXIT.usage : EXIT.failed;
    }
    terminal.err(`Something unexpected went wrong: ${errorMessage(error)}`);
    return EXIT.failed;
  }
}

function createProgram(terminal: Terminal, exitWith: (code: ExitCode) => void): Command {
  const program = new Command('tidewatch')
    .description('Looks at and works on a running Tidewatch server, and on its rules.')
    .version(VERSION)
    .showHelpAfterError('(add --help for what there is)')
    .showSuggestionAfterError(true)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.err(text.trimEnd()),
    });
  addJournalCommand(program, terminal);
  addScrapeCommand(program, terminal, exitWith);
  addCanaryCommand(program, terminal, exitWith);
  addModelCommand(program, terminal, exitWith);
  addSloCommand(program, terminal, exitWith);
  addIncidentCommand(program, terminal);
  addNotificationCommand(program, terminal);
  addDrillCommand(program, terminal, exitWith);
  addActionCommand(program, terminal);
  addRouteCommand(program, terminal, exitWith);
  addSilenceCommand(program, terminal);
  return program;
}
