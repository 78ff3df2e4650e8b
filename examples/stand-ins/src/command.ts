import { appendFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { describeEvent, type StandInEvent } from './event.js';
import { startStandIn, type StandIn } from './stand-in.js';

/** How to call the command. */
export const USAGE =
  'Usage: stand-ins [--pagerduty-port PORT] [--slack-port PORT] [--record FILE]\n' +
  'Stands in for PagerDuty and Slack on this machine and prints what they would have received.\n' +
  'A port of 0, the default, takes a free one. --record appends every event to FILE as one line of JSON.';

export interface Command {
  readonly pagerdutyPort: number;
  readonly slackPort: number;
  readonly record: string | null;
}

/** Reads the arguments; a text says what is wrong with them. */
export function parseCommand(args: readonly string[]): Command | string {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        'pagerduty-port': { type: 'string', default: '0' },
        'slack-port': { type: 'string', default: '0' },
        record: { type: 'string' },
      },
    });
    for (const name of ['pagerduty-port', 'slack-port'] as const) {
      if (!/^\d{1,5}$/.test(values[name]) || Number(values[name]) > 65_535) {
        return `--${name} must be a port from 0 to 65535, and is ${values[name]}`;
      }
    }
    return {
      pagerdutyPort: Number(values['pagerduty-port']),
      slackPort: Number(values['slack-port']),
      record: values.record ?? null,
    };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Both stand-ins, running. */
export interface RunningCommand {
  readonly pagerduty: StandIn;
  readonly slack: StandIn;
  close(): Promise<void>;
}

/** Starts both stand-ins and writes one line per event with `print`. */
export async function runCommand(command: Command, print: (line: string) => void): Promise<RunningCommand> {
  const onEvent = (event: StandInEvent): void => {
    print(describeEvent(event));
    if (command.record !== null) {
      appendFileSync(command.record, `${JSON.stringify(event)}\n`);
    }
  };
  const pagerduty = await startStandIn({ kind: 'pagerduty', port: command.pagerdutyPort, onEvent });
  let slack: StandIn;
  try {
    slack = await startStandIn({ kind: 'slack', port: command.slackPort, onEvent });
  } catch (error) {
    await pagerduty.close();
    throw error;
  }
  print(`[PagerDuty] listening on ${pagerduty.url}`);
  print(`[Slack] listening on ${slack.url}`);
  return {
    pagerduty,
    slack,
    close: async () => {
      await Promise.all([pagerduty.close(), slack.close()]);
    },
  };
}
