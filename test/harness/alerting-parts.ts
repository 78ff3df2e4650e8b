import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NO_EVIDENCE, policyFor, type AlertPolicy, type Signal } from '@tidewatch/alerts';
import { NO_CONTEXT, type OutboundClient } from '@tidewatch/channels';
import { readConfig, readRules, type Environment } from '@tidewatch/config';
import { inProcessDriver, localLease, type JobDriver, type LeaseSource } from '@tidewatch/jobs';
import { openStore, type NotificationEventRow, type Store } from '@tidewatch/store';
import { pino } from 'pino';
import { Alerting, type TermWork } from '../../apps/server/src/notify/alerting.js';
import type { PolicedSignal } from '../../apps/server/src/notify/incident-manager.js';
import { openOutwards } from '../../apps/server/src/notify/open-notifying.js';
import { SuppressionFeed } from '../../apps/server/src/notify/suppression-sources.js';

/** Alerting over a real store, without the rest of a server. */
export interface AlertingParts {
  readonly store: Store;
  readonly alerting: Alerting;
  readonly dataDir: string;
  /** Attempts that have ended, oldest first. */
  readonly attempts: readonly NotificationEventRow[];
  close(): Promise<void>;
}

export interface AlertingPartsOptions {
  /** Rule documents: receivers and routing. */
  readonly rules: string;
  /** Secrets that the rules name. */
  readonly environment?: Environment;
  /** Of an earlier run; without it a new one, that is removed at the end. */
  readonly dataDir?: string;
  readonly driver?: JobDriver;
  readonly leases?: LeaseSource;
  /** Puts something between alerting and its store. */
  readonly wrapStore?: (store: Store) => Store;
  /** Sees the way out before anything is sent. */
  readonly onOutbound?: (outbound: OutboundClient) => void;
  readonly work?: TermWork;
  /** Does not begin a term; the caller does. */
  readonly hold?: boolean;
}

/** Opens it and, unless told otherwise, begins a term. */
export async function openAlertingParts(options: AlertingPartsOptions): Promise<AlertingParts> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'tidewatch-alerting-'));
  const rulesDir = join(dataDir, 'rules');
  mkdirSync(rulesDir, { recursive: true });
  writeFileSync(join(rulesDir, 'rules.yaml'), options.rules);
  const environment: Environment = {
    TIDEWATCH_DATA_DIR: dataDir,
    TIDEWATCH_RULES_DIR: rulesDir,
    TIDEWATCH_PRIVATE_DESTINATIONS: '127.0.0.1',
  };
  const config = readConfig(environment);
  const logger = pino({ level: 'silent' });
  const outwards = openOutwards(readRules(rulesDir, true), {
    config,
    environment: { ...environment, ...options.environment },
    logger,
  });
  options.onOutbound?.(outwards.outbound);
  const opened = await openStore({
    mode: { kind: 'embedded', dataDir, announce: { pid: process.pid, url: '' } },
    migrationsDir: join(process.cwd(), 'migrations'),
    retention: config.retention,
    processName: `alerting-${process.pid}`,
  });
  const store = options.wrapStore?.(opened) ?? opened;
  const suppressions = new SuppressionFeed({ store, rules: () => outwards.rules.current, logger });
  const attempts: NotificationEventRow[] = [];
  const alerting = new Alerting({
    store,
    rules: outwards.rules,
    suppressions,
    contextOf: async () => NO_CONTEXT,
    driver: options.driver ?? inProcessDriver(),
    leases: options.leases ?? localLease(Date.now()),
    onAttempt: (row) => attempts.push(row),
    logger,
  });
  if (options.hold !== true) {
    await alerting.start(options.work ?? (() => []));
  }
  return {
    store,
    alerting,
    dataDir,
    attempts,
    close: async () => {
      await alerting.stop();
      await outwards.close();
      await opened.close();
      if (options.dataDir === undefined) {
        rmSync(dataDir, { recursive: true, force: true });
      }
    },
  };
}

/** A page of one service, that fires unless it says otherwise. */
export function pageSignal(service: string, at: number, part: Partial<Signal> = {}): Signal {
  return {
    key: { project: 'default', service, region: '', model: '' },
    member: 'SLO/availability/fast',
    kind: 'SLO',
    rule: 'availability',
    tier: 'fast',
    severity: 'page',
    aspect: 'availability',
    raisedBy: [],
    labels: {},
    condition: 'firing',
    at,
    summary: `${service}: error budget burns 20 times too fast`,
    facts: { 'Burn rate (long window)': '20.0', 'Burn rate (short window)': '21.3' },
    evidence: NO_EVIDENCE,
    owner: 'sre',
    runbook: 'https://example.com/runbook',
    deploymentId: '',
    ...part,
  };
}

/** A signal with the policy of its severity. */
export function policed(signal: Signal, policy: Partial<AlertPolicy> = {}): PolicedSignal {
  return { signal, policy: policyFor(signal.severity, policy) };
}
