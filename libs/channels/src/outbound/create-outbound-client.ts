import { AppError, errorCode } from '@tidewatch/core';
import { destinationPolicy, type DestinationPolicy } from './destination-policy.js';
import { exchange } from './exchange.js';
import { lookupOnce, systemLookup, type Lookup } from './lookup.js';
import type { Answer, OutboundClient, OutboundRequest } from './outbound-client.js';
import { pinnedAgents, type ResolvedAddress } from './pinned-agent.js';
import { portOf, urlProblem } from './url-problem.js';

export interface OutboundOptions {
  /**
   * Hosts, addresses or `host:port` that may lie in private ranges, and may be spoken to without TLS. Matched with what
   * the address names, not with what the name resolves to. Metadata addresses are refused all the same.
   */
  readonly privateDestinations: readonly string[];
  /** Resolves a name to all its addresses; default: the system's way. */
  readonly lookup?: Lookup;
  /** Certificates (PEM) to trust in place of the well-known ones. */
  readonly ca?: string;
}

/** A client whose idle connections can be closed. */
export interface ClosableOutboundClient extends OutboundClient {
  close(): void;
}

/**
 * Makes the client through which everything goes that rules can send somewhere. Addresses are checked when a connection
 * is made: the name is resolved, every one of its addresses must be fit, and the connection goes to one of those, so that
 * a name that stands for something else a moment later leads nowhere. Redirects are not followed.
 */
export function createOutboundClient(options: OutboundOptions): ClosableOutboundClient {
  const policy = destinationPolicy(options.privateDestinations);
  const lookup = lookupOnce(options.lookup ?? systemLookup);
  const agents = pinnedAgents(options.ca);
  return {
    async send(request) {
      try {
        return await sendChecked(request, policy, lookup, (url, addresses, deadline) =>
          exchange(request, url, { addresses, agents, deadline }),
        );
      } catch (error) {
        // Thrown before anything was sent, by a header or path that cannot be one.
        return refused(`the request cannot be made (${errorCode(error) ?? 'unknown error'})`);
      }
    },
    resolve: (host, port) => resolveChecked(host, port ?? null, policy, lookup),
    close() {
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

async function sendChecked(
  request: OutboundRequest,
  policy: DestinationPolicy,
  lookup: Lookup,
  go: (url: URL, addresses: readonly ResolvedAddress[], deadline: number) => Promise<Answer>,
): Promise<Answer> {
  const deadline = performance.now() + request.timeoutMs;
  const problem = urlProblem(request.url, policy);
  if (problem !== null) {
    return refused(`the address cannot be used: ${problem}`);
  }
  const url = new URL(request.url);
  const found = await within(request.timeoutMs, lookup(url.hostname));
  if (found === 'late') {
    return { status: 0, failure: `no answer within ${request.timeoutMs} ms`, refused: false };
  }
  if ('failure' in found) {
    return { status: 0, failure: `its name cannot be resolved (${found.failure})`, refused: false };
  }
  const port = portOf(url);
  const unfit = firstProblem(found.addresses, url.hostname, port, policy);
  return unfit === null
    ? go(url, found.addresses, deadline)
    : refused(`the address cannot be used: ${unfit}`);
}

/** One unfit address refuses the name: whoever mixes them in hopes that the other one is taken. */
function firstProblem(
  addresses: readonly ResolvedAddress[],
  host: string,
  port: number,
  policy: DestinationPolicy,
): string | null {
  for (const { address } of addresses) {
    const problem = policy.addressProblem(address, host, port);
    if (problem !== null) {
      return problem;
    }
  }
  return null;
}

async function resolveChecked(
  host: string,
  port: number | null,
  policy: DestinationPolicy,
  lookup: Lookup,
): Promise<ResolvedAddress> {
  const problem = policy.hostProblem(host, port);
  const found = problem === null ? await settle(lookup(host)) : { addresses: [] };
  if ('failure' in found) {
    throw new AppError({
      code: 'channels.address-unknown',
      message: `The name of the host cannot be resolved (${found.failure}).`,
      hint: 'Check the name in the receiver, and the name service of this machine.',
      retryable: true,
    });
  }
  const unfit =
    problem ?? found.addresses.map(({ address }) => policy.addressProblem(address, host, port)).find(Boolean);
  const [first] = found.addresses;
  if (unfit != null || first === undefined) {
    throw new AppError({
      code: 'channels.address-refused',
      message: `The host cannot be used: ${unfit ?? 'it has no address'}.`,
      hint: 'Name the host in TIDEWATCH_PRIVATE_DESTINATIONS when it is one of your own.',
    });
  }
  return first;
}

type Found = { readonly addresses: readonly ResolvedAddress[] } | { readonly failure: string };

async function settle(found: Promise<readonly ResolvedAddress[]>): Promise<Found> {
  try {
    const addresses = await found;
    return addresses.length === 0 ? { failure: 'ENODATA' } : { addresses };
  } catch (error) {
    return { failure: errorCode(error) ?? 'unknown error' };
  }
}

async function within(
  timeoutMs: number,
  found: Promise<readonly ResolvedAddress[]>,
): Promise<Found | 'late'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), timeoutMs);
  });
  try {
    return await Promise.race([settle(found), late]);
  } finally {
    clearTimeout(timer);
  }
}

function refused(failure: string): Answer {
  return { status: 0, failure, refused: true };
}
