import { addressBytes } from './ip-address.js';

/** Why an address is not a place on the public internet. */
export interface SpecialRange {
  /** What it is, in a word or two: `loopback`, `private`. */
  readonly name: string;
  /** Whether it may never be reached, whatever the settings say: clouds serve their credentials there. */
  readonly never: boolean;
}

interface Row extends SpecialRange {
  readonly bytes: readonly number[];
  readonly bits: number;
}

function row(range: string, name: string, never = false): Row {
  const [address = '', bits = ''] = range.split('/');
  return { bytes: addressBytes(address) ?? [], bits: Number(bits), name, never };
}

/**
 * Ranges of the IANA special-purpose address registries (RFC 6890 and its successors) that are no public hosts, and the
 * addresses under which clouds serve metadata. The first row that fits decides, so these stand at the top.
 */
const VERSION_4 = [
  row('169.254.0.0/16', 'link-local or metadata', true),
  row('100.100.100.200/32', 'metadata', true),
  row('168.63.129.16/32', 'metadata', true),
  row('192.0.0.192/32', 'metadata', true),
  row('0.0.0.0/8', 'unspecified'),
  row('10.0.0.0/8', 'private'),
  row('100.64.0.0/10', 'carrier-grade NAT'),
  row('127.0.0.0/8', 'loopback'),
  row('172.16.0.0/12', 'private'),
  row('192.0.0.0/24', 'reserved'),
  row('192.0.2.0/24', 'documentation'),
  row('192.88.99.0/24', 'reserved'),
  row('192.168.0.0/16', 'private'),
  row('198.18.0.0/15', 'benchmark'),
  row('198.51.100.0/24', 'documentation'),
  row('203.0.113.0/24', 'documentation'),
  row('224.0.0.0/4', 'multicast'),
  row('255.255.255.255/32', 'broadcast'),
  row('240.0.0.0/4', 'reserved'),
];

const VERSION_6 = [
  row('fe80::/10', 'link-local or metadata', true),
  row('fd00:ec2::254/128', 'metadata', true),
  row('fd20:ce::254/128', 'metadata', true),
  row('::1/128', 'loopback'),
  row('::/128', 'unspecified'),
  row('fc00::/7', 'private'),
  row('fec0::/10', 'private'),
  row('ff00::/8', 'multicast'),
  row('64:ff9b:1::/48', 'private'),
  row('2001:db8::/32', 'documentation'),
  row('3fff::/20', 'documentation'),
  row('2001:2::/48', 'benchmark'),
  row('2001::/23', 'reserved'),
];

/** What is handed out to public hosts (RFC 4291, section 2.4); everything else of version 6 is reserved. */
const PUBLIC_VERSION_6 = row('2000::/3', 'public');
const RESERVED: SpecialRange = { name: 'reserved', never: false };
const UNREADABLE: SpecialRange = { name: 'unreadable', never: true };

/** Notations of version 6 that hold an address of version 4, and at which byte. */
const EMBEDDINGS: readonly { readonly range: Row; readonly at: number }[] = [
  { range: row('::ffff:0:0/96', 'mapped'), at: 12 },
  { range: row('::ffff:0:0:0/96', 'translated'), at: 12 },
  { range: row('64:ff9b::/96', 'NAT64'), at: 12 },
  { range: row('::/96', 'compatible'), at: 12 },
  { range: row('2002::/16', '6to4'), at: 2 },
];

/**
 * Which special range an IP address lies in, or `null` for one of the public internet. An address of version 6 that
 * holds one of version 4 is judged by that one; what is no IP address is never fit.
 */
export function specialRange(address: string): SpecialRange | null {
  const bytes = addressBytes(address);
  if (bytes === null) {
    return UNREADABLE;
  }
  return bytes.length === 4 ? rangeOfVersion4(bytes) : rangeOfVersion6(bytes);
}

function rangeOfVersion4(bytes: readonly number[]): SpecialRange | null {
  return VERSION_4.find((each) => lies(bytes, each)) ?? null;
}

function rangeOfVersion6(bytes: readonly number[]): SpecialRange | null {
  const special = VERSION_6.find((each) => lies(bytes, each));
  if (special !== undefined) {
    return special;
  }
  const embedding = EMBEDDINGS.find(({ range }) => lies(bytes, range));
  if (embedding !== undefined) {
    return rangeOfVersion4(bytes.slice(embedding.at, embedding.at + 4));
  }
  // ISATAP (RFC 5214): any prefix, then 0000:5efe or 0200:5efe, then an address of version 4.
  if ((bytes[8] === 0 || bytes[8] === 2) && bytes[9] === 0 && bytes[10] === 0x5e && bytes[11] === 0xfe) {
    return rangeOfVersion4(bytes.slice(12)) ?? RESERVED;
  }
  return lies(bytes, PUBLIC_VERSION_6) ? null : RESERVED;
}

function lies(bytes: readonly number[], range: Row): boolean {
  for (let bit = 0; bit < range.bits; bit += 8) {
    const mask = (0xff << Math.max(0, 8 - (range.bits - bit))) & 0xff;
    if (((bytes[bit / 8] ?? 0) & mask) !== ((range.bytes[bit / 8] ?? 0) & mask)) {
      return false;
    }
  }
  return true;
}
