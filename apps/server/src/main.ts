import { readConfig, readRules, secretVariables, readEnvironment } from '@tidewatch/config';
import { errorMessage, isAppError } from '@tidewatch/core';
import { createLogger } from './logging.js';
import { startServer, type RunningServer } from './server.js';
import { VERSION } from './version.js';

/** sysexits(3): the configuration is at fault, and starting again will not help. */
const EXIT_CONFIG = 78;

async function main(): Promise<void> {
  const environment = readEnvironment();
  // The rules come first: they name the variables that hold secrets, which are then no unknown settings.
  const rulesDir = environment['TIDEWATCH_RULES_DIR'];
  const rules = readRules(rulesDir === undefined || rulesDir === '' ? 'rules' : rulesDir, Boolean(rulesDir));
  const config = readConfig(environment, secretVariables(rules));
  const logger = createLogger(config.logLevel);
  const server = await startServer({ config, rules, environment, logger });
  // Before the announcement: whoever reads it may send a signal at once.
  process.on('SIGHUP', () => server.reloadRules());
  stopOnSignals(server);
  announce(server, rules.files.length);
}

function announce(server: RunningServer, ruleFiles: number): void {
  process.stdout.write(
    [
      `Tidewatch ${VERSION} is ready.`,
      `  Console    ${server.endpoints.api}`,
      `  Send data  OTEL_EXPORTER_OTLP_ENDPOINT=${server.endpoints.otlpHttp}`,
      ...(server.ingest === null
        ? []
        : [`  or gRPC    OTEL_EXPORTER_OTLP_ENDPOINT=${server.endpoints.otlpGrpc}`]),
      `  Rules      ${ruleFiles === 0 ? 'none yet: put YAML files into ./rules (see examples/rules)' : `${ruleFiles} files`}`,
      '',
    ].join('\n'),
  );
}

function stopOnSignals(server: RunningServer): void {
  let stopping = false;
  const stop = (): void => {
    if (stopping) {
      return;
    }
    stopping = true;
    void server.stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

main().catch((error: unknown) => {
  process.stderr.write(
    `${isAppError(error) ? `${error.explanation}\n[${error.code}]` : errorMessage(error)}\n`,
  );
  if (!isAppError(error) && error instanceof Error) {
    process.stderr.write(`${error.stack ?? ''}\n`);
  }
  process.exit(isAppError(error) && error.code.startsWith('config.') ? EXIT_CONFIG : 1);
});
