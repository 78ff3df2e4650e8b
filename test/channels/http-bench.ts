import {
  startStandIn,
  type Service,
  type StandInEvent,
  type StandInKind,
} from '../../examples/stand-ins/src/index.js';
import { receiverSchema, type Receiver } from '../../libs/channels/src/receiver.js';
import type { ContractBench, ContractFailure, FailureOptions } from './contract-bench.js';

/** A service on this machine and the receiver that leads to it. */
export interface HttpBenchOptions {
  readonly kind: StandInKind;
  /** What stands in; default: the usual service of the kind. */
  readonly service?: Service;
  /** The `spec` of the receiver, as a rule says it. `url` is where the service is; it ends with the service's path. */
  spec(url: string): Readonly<Record<string, unknown>>;
  /** The secrets that the spec names, by name of the environment variable. */
  secrets?(url: string): Readonly<Record<string, string>>;
  /** Texts that no result may hold; default: the values of `secrets`. */
  readonly secretTexts?: readonly string[];
}

/** A bench whose events can be looked at. */
export interface HttpBench extends ContractBench {
  /** Where the service is. */
  readonly url: string;
  /** Everything that the service received, oldest first. */
  events(): readonly StandInEvent[];
}

/** Starts a stand-in on 127.0.0.1 that can be made to fail. For every channel that speaks HTTP. */
export async function startHttpBench(options: HttpBenchOptions): Promise<HttpBench> {
  let failure: ContractFailure | null = null;
  let failuresLeft = 0;
  let afterEffect = false;
  let requests = 0;
  const standIn = await startStandIn({
    kind: options.kind,
    ...(options.service && { service: options.service }),
    port: 0,
    interfere() {
      requests += 1;
      if (failure === null || failuresLeft <= 0) {
        return null;
      }
      failuresLeft -= 1;
      return { failure, afterEffect };
    },
  });
  const { url } = standIn;
  const secrets = options.secrets?.(url) ?? {};
  return {
    url,
    receiver: benchReceiver(options.spec(url)),
    secrets,
    secretTexts: options.secretTexts ?? Object.values(secrets),
    objects: () => standIn.objects(),
    problems: () => standIn.events.flatMap(({ problems }) => problems),
    events: () => standIn.events,
    fail(next, { times = Number.POSITIVE_INFINITY, afterEffect: after = false }: FailureOptions = {}) {
      failure = next;
      failuresLeft = times;
      afterEffect = after;
    },
    requests: () => requests,
    largestBody: () => standIn.largestBody(),
    close: () => standIn.close(),
  };
}

/** A receiver of the given spec, through the schema that reads rules. */
export function benchReceiver(spec: Readonly<Record<string, unknown>>, name = 'bench'): Receiver {
  return receiverSchema.parse({
    apiVersion: 'tidewatch.dev/v1',
    kind: 'Receiver',
    metadata: { name, owner: 'sre' },
    spec,
  });
}
