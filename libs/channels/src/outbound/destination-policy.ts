import { isIP } from 'node:net';
import { specialRange } from './address-range.js';

/** A name or address, and possibly the one port, that may lie in a private range. */
interface PrivateDestination {
  readonly host: string;
  readonly port: number | null;
}

/** Decides by name and by address where requests may go. */
export interface DestinationPolicy {
  /** Whether the settings name this host as one that may be private. */
  allows(host: string, port: number | null): boolean;
  /** What is wrong with a host as it is written, or `null`. Addresses are judged, names are not resolved. */
  hostProblem(host: string, port: number | null): string | null;
  /** What is wrong with one address that the host stands for, or `null`. */
  addressProblem(address: string, host: string, port: number | null): string | null;
}

/** Names under which machines find themselves, their neighbours or their cloud. */
const PRIVATE_NAME = /(^|\.)(localhost|localdomain|internal|local)$/;
/** Names under which clouds serve metadata; never reached. */
export const METADATA_NAMES = new Set([
  'metadata.google.internal',
  'metadata.goog',
  'instance-data.ec2.internal',
]);
const HOW_TO_ALLOW = 'TIDEWATCH_PRIVATE_DESTINATIONS does not name it';

/**
 * Makes the policy.
 *
 * @param privateDestinations `host`, an address, or `host:port`; matched with the host as a rule writes it, never with
 *   what a name resolves to, so that no foreign name can borrow the permission
 */
export function destinationPolicy(privateDestinations: readonly string[]): DestinationPolicy {
  const allowed = privateDestinations.map(readDestination);
  const allows = (host: string, port: number | null): boolean => {
    const bare = bareHost(host);
    return allowed.some((entry) => entry.host === bare && (entry.port === null || entry.port === port));
  };
  const rangeProblem = (address: string, host: string, port: number | null): string | null => {
    const range = specialRange(address);
    if (range === null || (!range.never && allows(host, port))) {
      return null;
    }
    return range.never
      ? `it leads to an address that may never be reached (${range.name})`
      : `it leads to a private destination (${range.name}), and ${HOW_TO_ALLOW}`;
  };
  return {
    allows,
    addressProblem: rangeProblem,
    hostProblem(host, port) {
      const bare = bareHost(host);
      if (bare === '') {
        return 'it has no host';
      }
      if (isIP(bare) !== 0) {
        return rangeProblem(bare, bare, port);
      }
      if (METADATA_NAMES.has(bare)) {
        return 'it leads to an address that may never be reached (metadata)';
      }
      return PRIVATE_NAME.test(bare) && !allows(bare, port)
        ? `it leads to a private destination (name), and ${HOW_TO_ALLOW}`
        : null;
    },
  };
}

/** A host without the brackets of an IPv6 literal and without the dot at the end, in lower case. */
export function bareHost(host: string): string {
  const name = host.toLowerCase();
  return name.startsWith('[') && name.endsWith(']') ? name.slice(1, -1) : name.replace(/\.$/, '');
}

function readDestination(text: string): PrivateDestination {
  const entry = text.trim();
  const withPort = /^(\[[^\]]+\]|[^:[\]]+):(\d{1,5})$/.exec(entry);
  return withPort === null
    ? { host: canonicalHost(entry), port: null }
    : { host: canonicalHost(withPort[1] ?? ''), port: Number(withPort[2]) };
}

/** The host as the URL parser would write it, so that `::0001` in the settings and `[::1]` in a rule are the same. */
function canonicalHost(host: string): string {
  const literal = isIP(host) === 6 ? `[${host}]` : host;
  try {
    return bareHost(new URL(`http://${literal}/`).hostname);
  } catch {
    return bareHost(host);
  }
}
