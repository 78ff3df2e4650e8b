import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const FILES = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync('docs', { recursive: true })
    .map((name) => join('docs', String(name)))
    .filter((name) => name.endsWith('.md')),
];
/** Folders whose mention in backticks is the name of a file or folder of this repository. */
const PATH = /^(apps|libs|dashboards|migrations|test|docs|examples|scripts|deploy)(\/[\w.-]+)+\/?$/;

describe.each(FILES)('%s', (file) => {
  const text = readFileSync(file, 'utf8');

  test('links lead somewhere', () => {
    const targets = [...text.matchAll(/\]\(([^)#\s]+)(#[^)]*)?\)/g)].map((match) => match[1] ?? '');
    const local = targets.filter((target) => !/^[a-z]+:/.test(target));
    expect(local.filter((target) => !existsSync(join(dirname(file), target)))).toEqual([]);
  });

  test('files and folders that it names exist', () => {
    const named = [...text.matchAll(/`([^`\n]+)`/g)]
      .map((match) => match[1] ?? '')
      .filter((name) => PATH.test(name));
    // What a contributor is told to create has a placeholder in its name.
    expect(
      named.filter((name) => !/NNNN|NAME/.test(name) && !name.startsWith('dist/') && !existsSync(name)),
    ).toEqual([]);
  });
});

test('npm scripts that the documents name exist', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
  const named = FILES.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/npm run ([a-z:]+)/g)].map((match) => match[1] ?? ''),
  );
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
});

test('every setting that is read is documented, and no other', () => {
  const source = readFileSync('libs/config/src/environment.ts', 'utf8');
  const read = new Set([...source.matchAll(/^ {2}([A-Z][A-Z_]+):/gm)].map((match) => match[1]));
  const documented = new Set(
    [...readFileSync('docs/configuration.md', 'utf8').matchAll(/^\| `([A-Z_]+)`/gm)].map((match) => match[1]),
  );
  documented.delete('UV_THREADPOOL_SIZE');
  expect([...documented].sort()).toEqual([...read].sort());
});
