import { describe, expect, test } from '@jest/globals';
import type { Problem } from '@tidewatch/core';
import { z } from 'zod';
import { parseDocument, readYamlDocuments, type RuleDocument } from './yaml-documents.js';

function read(text: string): { documents: RuleDocument[]; problems: Problem[] } {
  const problems: Problem[] = [];
  return { documents: readYamlDocuments('a.yaml', text, problems), problems };
}

test('a file holds any number of documents; empty ones are skipped', () => {
  const { documents, problems } = read('kind: A\n---\n---\nkind: B\n');
  expect(documents.map(({ value }) => value)).toEqual([{ kind: 'A' }, { kind: 'B' }]);
  expect(documents.map((document) => document.lineOf(['kind']))).toEqual([1, 4]);
  expect(problems).toEqual([]);
});

describe('a document that is a list', () => {
  const LIST = '# two of them\n- kind: A\n  spec:\n    x: 1\n- kind: B\n  spec: {y: [1, 2]}\n---\nkind: C\n';

  test('stands for as many documents', () => {
    expect(read(LIST).documents.map(({ value }) => value)).toEqual([
      { kind: 'A', spec: { x: 1 } },
      { kind: 'B', spec: { y: [1, 2] } },
      { kind: 'C' },
    ]);
  });

  test('whose parts know their own lines', () => {
    const [first, second, third] = read(LIST).documents;
    expect([first?.lineOf(['spec', 'x']), first?.lineOf(['spec', 'z']), first?.lineOf([])]).toEqual([
      4, 4, 2,
    ]);
    expect([second?.lineOf(['spec', 'y', 1]), second?.lineOf(['kind'])]).toEqual([6, 5]);
    expect(third?.lineOf(['kind'])).toBe(8);
  });

  test('has problems with paths from the part', () => {
    const problems: Problem[] = [];
    const schema = z.strictObject({ kind: z.string(), spec: z.strictObject({ y: z.array(z.string()) }) });
    for (const document of read(LIST).documents.slice(1, 2)) {
      parseDocument(document, schema, problems);
    }
    expect(problems).toEqual([
      { file: 'a.yaml', line: 6, path: 'spec.y[0]', message: expect.any(String) },
      { file: 'a.yaml', line: 6, path: 'spec.y[1]', message: expect.any(String) },
    ]);
  });

  test('and empty is a document all the same, so that what is expected is said', () => {
    expect(read('[]').documents.map(({ value }) => value)).toEqual([[]]);
  });
});

describe('what cannot be read', () => {
  test.each([
    [
      'an alias within what it stands for',
      'kind: A\nspec: &spec\n  inner: *spec\n',
      'has an alias that stands for something it is part of: a cycle; write the value out instead',
    ],
    [
      'aliases that multiply',
      `${['a: &a [x]', ...'bcdefghi'.split('').map((key, index) => `${key}: &${key} [${`*${'abcdefgh'[index]},`.repeat(9)}]`)].join('\n')}\n`,
      'cannot be read: Excessive alias count indicates a resource exhaustion attack',
    ],
    ['an alias of nothing', 'kind: *nowhere\n', /^(cannot be read|is not valid YAML): .*nowhere/],
  ])('%s', (_name, text, message) => {
    const { documents, problems } = read(`${text}---\nkind: B\n`);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ file: 'a.yaml', line: 1 });
    expect(problems[0]?.message).toMatch(message);
    expect(documents.map(({ value }) => value)).toEqual([{ kind: 'B' }]);
  });

  test('an alias that is used twice is no cycle', () => {
    const { documents, problems } = read('a: &x {b: 1}\nc: *x\nd: [*x, *x]\n');
    expect(problems).toEqual([]);
    expect(documents[0]?.value).toEqual({ a: { b: 1 }, c: { b: 1 }, d: [{ b: 1 }, { b: 1 }] });
  });
});
