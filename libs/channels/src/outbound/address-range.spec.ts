import { describe, expect, test } from '@jest/globals';
import { specialRange } from './address-range.js';
import { addressBytes } from './ip-address.js';

/** Addresses by the range that they lie in. Those of metadata may never be reached. */
const SPECIAL: readonly (readonly [range: string, addresses: readonly string[]])[] = [
  ['loopback', ['127.0.0.1', '127.1.2.3', '127.255.255.255', '::1', '0:0:0:0:0:0:0:1', '::ffff:127.0.0.1']],
  ['loopback', ['::ffff:7f00:1', '::127.0.0.1', '::7f00:1', '64:ff9b::127.0.0.1', '2002:7f00:1::1']],
  ['loopback', ['::ffff:0:127.0.0.1', '2001:4860::5efe:127.0.0.1', '2001:4860::200:5efe:7f00:1', '::1%lo']],
  ['unspecified', ['0.0.0.0', '0.1.2.3', '::', '::ffff:0.0.0.0', '64:ff9b::']],
  [
    'private',
    ['10.0.0.1', '10.255.255.255', '172.16.0.1', '172.31.255.255', '192.168.0.1', '192.168.255.255'],
  ],
  ['private', ['::ffff:10.0.0.1', '::ffff:c0a8:1', '64:ff9b::a00:1', '2002:a00:1::', '64:ff9b:1::a00:1']],
  ['private', ['fc00::1', 'fd12:3456:789a::1', 'fdff:ffff::', 'fec0::1', 'FD00::1']],
  ['carrier-grade NAT', ['100.64.0.1', '100.127.255.255', '::ffff:100.64.0.1']],
  ['documentation', ['192.0.2.1', '198.51.100.7', '203.0.113.9', '2001:db8::1', '3fff::1', '3fff:fff::1']],
  ['benchmark', ['198.18.0.1', '198.19.255.255', '2001:2::1']],
  ['multicast', ['224.0.0.1', '239.255.255.255', 'ff02::1', 'ff0e::1', '::ffff:224.0.0.1']],
  ['broadcast', ['255.255.255.255', '::ffff:255.255.255.255']],
  [
    'reserved',
    ['240.0.0.1', '192.0.0.8', '192.88.99.1', '100::1', '4000::1', '2001::1', '2001:10::1', 'e000::1'],
  ],
];
const NEVER = [
  '169.254.169.254',
  '169.254.0.1',
  '169.254.170.2',
  '::ffff:169.254.169.254',
  '::ffff:a9fe:a9fe',
  '::169.254.169.254',
  '64:ff9b::169.254.169.254',
  '64:ff9b::a9fe:a9fe',
  '2002:a9fe:a9fe::1',
  '2001:4860::5efe:169.254.169.254',
  'fe80::1',
  'fe80::a9fe:a9fe%eth0',
  'febf::1',
  'fd00:ec2::254',
  'fd20:ce::254',
  '100.100.100.200',
  '168.63.129.16',
  '192.0.0.192',
];
const PUBLIC = [
  '1.1.1.1',
  '8.8.8.8',
  '9.255.255.255',
  '11.0.0.0',
  '100.63.255.255',
  '100.128.0.0',
  '126.255.255.255',
  '128.0.0.1',
  '169.253.255.255',
  '169.255.0.0',
  '172.15.255.255',
  '172.32.0.0',
  '192.167.255.255',
  '192.169.0.0',
  '198.17.255.255',
  '198.20.0.0',
  '223.255.255.255',
  '2606:4700:4700::1111',
  '2001:200::1',
  '2001:4860:4860::8888',
  '2a00:1450:4001:81c::200e',
  '::ffff:8.8.8.8',
  '64:ff9b::8.8.8.8',
  '2002:808:808::1',
];
/** What resolvers and rules must not be able to sneak in: none of them is an IP address in its usual notation. */
const UNREADABLE = [
  '',
  'localhost',
  '127.1',
  '0x7f000001',
  '2130706433',
  '0177.0.0.1',
  '1.2.3.4.5',
  '::g',
  '[::1]',
];

const rows = SPECIAL.flatMap(([range, addresses]) => addresses.map((address) => [address, range] as const));

describe('specialRange', () => {
  test.each(rows)('%s is %s', (address, range) => {
    expect(specialRange(address)).toEqual(expect.objectContaining({ name: range, never: false }));
  });

  test.each(NEVER)('%s may never be reached', (address) => {
    expect(specialRange(address)?.never).toBe(true);
  });

  test.each(PUBLIC)('%s is public', (address) => {
    expect(specialRange(address)).toBeNull();
  });

  test.each(UNREADABLE)('%j is no address, and never fit', (address) => {
    expect(specialRange(address)).toEqual({ name: 'unreadable', never: true });
  });
});

describe('addressBytes', () => {
  test.each<[address: string, bytes: number[]]>([
    ['1.2.3.4', [1, 2, 3, 4]],
    ['::', Array<number>(16).fill(0)],
    ['1:2:3:4:5:6:7:8', [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8]],
    ['fe80::1%eth0', [0xfe, 0x80, ...Array<number>(13).fill(0), 1]],
    ['::ffff:1.2.3.4', [...Array<number>(10).fill(0), 255, 255, 1, 2, 3, 4]],
    ['1::', [0, 1, ...Array<number>(14).fill(0)]],
  ])('%s', (address, bytes) => {
    expect(addressBytes(address)).toEqual(bytes);
  });
});
