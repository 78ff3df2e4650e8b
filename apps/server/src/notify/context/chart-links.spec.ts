import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { ChartLinks } from './chart-links.js';
import { readLinkSecret } from './link-secret.js';

const NOW = Date.parse('2026-11-22T10:03:00Z');
const DAY = 86_400_000;
const SECRET = 'a'.repeat(64);
const links = new ChartLinks(SECRET, 'https://tidewatch.example.com/');

describe('a signed link', () => {
  const url = new URL(links.urlOf('default', 'a1', NOW));
  const signature = url.searchParams.get('signature') ?? '';
  const until = Number(url.searchParams.get('until'));
  const link = { project: 'default', incidentId: 'a1', until };

  test('opens its chart for a week', () => {
    expect(url.href).toMatch(
      /^https:\/\/tidewatch\.example\.com\/api\/v1\/incidents\/a1\/chart\.png\?project=default&/,
    );
    expect(links.verify(link, signature, NOW)).toBe(true);
    expect(links.verify(link, signature, NOW + 7 * DAY)).toBe(true);
    expect(links.verify(link, signature, NOW + 7 * DAY + 600_000)).toBe(false);
  });

  test.each([
    ['another incident', { ...link, incidentId: 'a2' }, signature],
    ['another project', { ...link, project: 'other' }, signature],
    ['more time', { ...link, until: until + 1 }, signature],
    ['no time', { ...link, until: NaN }, signature],
    ['nothing', link, ''],
    ['a signature cut short', link, signature.slice(0, -1)],
    [
      'a signature of another key',
      link,
      new URL(new ChartLinks('b'.repeat(64), 'https://x').urlOf('default', 'a1', NOW)).searchParams.get(
        'signature',
      ) ?? '',
    ],
  ])('does not open with %s', (_, changed, given) => {
    expect(links.verify(changed, given, NOW)).toBe(false);
  });

  test('stays the same for ten minutes, so that receivers keep the picture, and then is another', () => {
    const at = (offset: number): string => links.urlOf('default', 'a1', NOW + offset);
    expect(at(60_000)).toBe(at(0));
    expect(at(600_000)).not.toBe(at(0));
  });

  test('is only made where somebody else can open it', () => {
    expect(new ChartLinks(SECRET, 'http://127.0.0.1:8080').urlOf('default', 'a1', NOW)).toBe('');
    expect(new ChartLinks(SECRET, '').urlOf('default', 'a1', NOW)).toBe('');
  });
});

describe('the key of signed links', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tidewatch-link-secret-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('is made once, for its owner only, and kept', () => {
    const dataDir = join(folder, 'data');
    const secret = readLinkSecret(null, dataDir);
    expect(secret).toMatch(/^[0-9a-f]{64}$/);
    expect(readLinkSecret(null, dataDir)).toBe(secret);
    expect(statSync(join(dataDir, 'link-secret')).mode & 0o077).toBe(0);
    expect(readLinkSecret(null, join(folder, 'other'))).not.toBe(secret);
  });

  test('is that of the file that is named', () => {
    const file = join(folder, 'shared');
    writeFileSync(file, `${SECRET}\n`);
    expect(readLinkSecret(file, join(folder, 'unused'))).toBe(SECRET);
  });

  test.each([
    ['that is not there', 'missing', null],
    ['that is too short', 'short', 'hunter2hunter2'],
  ])('in a file %s is refused, and never repeated', (_, name, content) => {
    const file = join(folder, name);
    if (content !== null) {
      writeFileSync(file, content);
    }
    expect(() => readLinkSecret(file, folder)).toThrow(
      expect.objectContaining({
        code: 'config.link-secret',
        message: expect.not.stringContaining('hunter2'),
      }),
    );
    expect(readFileSync(join(folder, 'shared'), 'utf8')).toContain(SECRET);
  });
});
