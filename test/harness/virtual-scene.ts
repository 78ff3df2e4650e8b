import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore, type Store } from '@tidewatch/store';
import { VirtualClock } from './virtual-clock.js';
import {
  openVirtualDelivery,
  type VirtualDelivery,
  type VirtualDeliveryOptions,
} from './virtual-delivery.js';
import { startVirtualReceiver, type VirtualReceiver, type VirtualReceiverKind } from './virtual-receiver.js';

/** How a receiver is written in the rules, besides its address. */
const SPECS: Readonly<Record<VirtualReceiverKind, (url: string, name: string) => object>> = {
  pagerduty: (url) => ({ type: 'pagerduty', routingKeyEnv: 'PAGER_KEY', url }),
  slack: (_url, name) => ({ type: 'slack', urlEnv: addressVariable(name) }),
  webhook: (url) => ({ type: 'webhook', url }),
  'slack-api': (url) => ({ type: 'slack', tokenEnv: 'SLACK_TOKEN', channel: 'C0123456789', api: url }),
};
/** Where receivers whose address is a secret find it. */
const addressVariable = (name: string): string => `${name.toUpperCase()}_ADDRESS`;
const SECRETS = { PAGER_KEY: 'R0UT1NGK3Y00000000000000000000AB', SLACK_TOKEN: 'xoxb-1-2-abc' };

const RETENTION = { rawDays: 30, vectorDays: 7, aggregateDays: 400 };

/** Receivers of a scene: each one's kind, and what its `spec` says more. */
export type SceneReceivers = Readonly<
  Record<string, { readonly kind: VirtualReceiverKind; readonly spec?: object }>
>;

export interface SceneOptions<Names extends string> extends Partial<
  Omit<VirtualDeliveryOptions, 'store' | 'clock' | 'rules'>
> {
  readonly receivers: Readonly<Record<Names, SceneReceivers[string]>>;
  /** `spec.routes` of the routing document; default: every receiver is told of everything at once. */
  readonly routes?: readonly object[];
}

/** Receivers that really listen, and delivery to them by a virtual clock. */
export interface Scene<Names extends string> {
  readonly clock: VirtualClock;
  readonly project: string;
  readonly store: Store;
  readonly receivers: Readonly<Record<Names, VirtualReceiver>>;
  /** The delivery in charge. */
  readonly current: VirtualDelivery;
  /** The rules with only some of the receivers. */
  rulesWith(names: readonly Names[], routes?: readonly object[]): string;
  /** Ends the delivery in charge and begins another one over the same store, as a process that starts anew. */
  restart(options?: Partial<VirtualDeliveryOptions>): Promise<void>;
  close(): Promise<void>;
}

/** Opens an embedded store for scenes, in a directory that goes with it. */
export async function openSceneStore(): Promise<{ readonly store: Store; close(): Promise<void> }> {
  const dataDir = mkdtempSync(join(tmpdir(), 'tidewatch-scene-'));
  const store = await openStore({
    mode: { kind: 'embedded', dataDir, announce: { pid: process.pid, url: '' } },
    migrationsDir: join(process.cwd(), 'migrations'),
    retention: RETENTION,
    processName: `scene-${process.pid}`,
  });
  return {
    store,
    close: async () => {
      await store.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

let scenes = 0;

/** Starts receivers and delivery. */
export async function openScene<Names extends string>(
  store: Store,
  options: SceneOptions<Names>,
): Promise<Scene<Names>> {
  const { receivers: wanted, routes, ...rest } = options;
  const clock = new VirtualClock(Date.now());
  scenes += 1;
  const project = rest.project ?? `scene-${scenes}`;
  const names = Object.keys(wanted) as Names[];
  const receivers = {} as Record<Names, VirtualReceiver>;
  for (const name of names) {
    receivers[name] = await startVirtualReceiver(wanted[name].kind, clock);
  }
  const rulesWith = (some: readonly Names[], withRoutes = routes): string =>
    [
      ...some.map((name) => {
        const spec = { ...SPECS[wanted[name].kind](receivers[name].url, name), ...wanted[name].spec };
        return { apiVersion: 'tidewatch.dev/v1', kind: 'Receiver', metadata: { name }, spec };
      }),
      {
        apiVersion: 'tidewatch.dev/v1',
        kind: 'Routing',
        spec: {
          routes: withRoutes ?? [{ receivers: some, groupWait: '0s', updateWait: '0s', repeat: '0s' }],
        },
      },
    ]
      .map((document) => JSON.stringify(document))
      .join('\n---\n');
  const addresses = names.map((name) => [addressVariable(name), receivers[name].url]);
  const environment = { ...SECRETS, ...Object.fromEntries(addresses) };
  const base = { ...rest, store, project, clock, rules: rulesWith(names), environment };
  let current = await openVirtualDelivery(base);
  return {
    clock,
    project,
    store,
    receivers,
    rulesWith,
    get current() {
      return current;
    },
    restart: async (changed = {}) => {
      await current.close();
      current = await openVirtualDelivery({ ...base, ...changed });
    },
    close: async () => {
      await current.close();
      await Promise.all(names.map((name) => receivers[name].close()));
    },
  };
}
