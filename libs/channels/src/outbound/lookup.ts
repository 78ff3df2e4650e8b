import { lookup as resolveName } from 'node:dns/promises';
import { isIP } from 'node:net';
import { bareHost } from './destination-policy.js';
import type { ResolvedAddress } from './pinned-agent.js';

/** Resolves a host to all its addresses. Rejects with the code of the system, such as `ENOTFOUND`. */
export type Lookup = (host: string) => Promise<readonly ResolvedAddress[]>;

/** Asks the system, hosts file included, as every other program on the machine does. */
export const systemLookup: Lookup = async (host) => {
  const found = await resolveName(host, { all: true, order: 'ipv4first' });
  return found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
};

/**
 * A lookup that takes literal addresses as they are, and asks once for a name while an answer is awaited: the system
 * resolves names on a few threads that the store needs too. Nothing is remembered afterwards.
 */
export function lookupOnce(lookup: Lookup): Lookup {
  const awaited = new Map<string, Promise<readonly ResolvedAddress[]>>();
  return (host) => {
    const bare = bareHost(host);
    const family = isIP(bare);
    if (family !== 0) {
      return Promise.resolve([{ address: bare, family: family === 6 ? 6 : 4 }]);
    }
    const earlier = awaited.get(bare);
    if (earlier !== undefined) {
      return earlier;
    }
    const answer = lookup(bare).finally(() => awaited.delete(bare));
    awaited.set(bare, answer);
    return answer;
  };
}
