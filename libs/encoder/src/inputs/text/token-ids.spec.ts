import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from '@jest/globals';
import type { Refused } from '../raw-input.js';
import { stackTokens, textTokens } from './token-ids.js';
import { readTokenRules, type Token } from './token-rules.js';

interface Batch {
  readonly texts: string[];
  readonly maximumTokens: number;
  readonly input_ids: number[][];
  readonly attention_mask: number[][];
  readonly token_type_ids: number[][];
}

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));

const { tokens: files } = JSON.parse(readFileSync(fixture('texts.json'), 'utf8')) as {
  tokens: { file: string; batches: Batch[] }[];
};

const folder = mkdtempSync(join(tmpdir(), 'tidewatch-tokens-'));
afterAll(() => rmSync(folder, { recursive: true }));

function written(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** The wordpiece tokenizer's file with other parts. */
function changed(name: string, parts: object): string {
  const file = JSON.parse(readFileSync(fixture('wordpiece.tokenizer.json'), 'utf8')) as object;
  return written(name, JSON.stringify({ ...file, ...parts }));
}

function accepted(tokens: readonly Token[] | Refused): readonly Token[] {
  if ('refused' in tokens) {
    throw new Error(tokens.refused);
  }
  return tokens;
}

const rowsOf = (tensor: { data: unknown; dims: readonly number[] }) => {
  const numbers = [...(tensor.data as BigInt64Array)].map(Number);
  const [rows = 0, columns = 0] = tensor.dims;
  return Array.from({ length: rows }, (_, row) => numbers.slice(row * columns, (row + 1) * columns));
};

describe.each(files)('$file makes what it makes in the tokenizers of Hugging Face', ({ file, batches }) => {
  test.each(batches)('of at most $maximumTokens tokens', async ({ texts, maximumTokens, ...expected }) => {
    const rules = await readTokenRules(fixture(file));
    const rows = texts.map((text) => accepted(textTokens(text, rules, maximumTokens)));
    const tensors = stackTokens(rows, rules.padding, null);
    for (const [name, wanted] of Object.entries(expected)) {
      const found = rowsOf(tensors[name as keyof typeof tensors]);
      for (const [row, text] of texts.entries()) {
        expect({ name, text, row: found[row] }).toEqual({ name, text, row: wanted[row] });
      }
    }
  });
});

describe('lengths', () => {
  test('rows are padded to the longest, or to the length that a model wants', async () => {
    const rules = await readTokenRules(fixture('wordpiece.tokenizer.json'));
    const rows = ['drift', 'the camera'].map((text) => accepted(textTokens(text, rules, 100)));
    const longest = Math.max(...rows.map((row) => row.length));
    expect(stackTokens(rows, rules.padding, null).input_ids.dims).toEqual([2, longest]);
    const { attention_mask: mask } = stackTokens(rows, rules.padding, 12);
    expect(rowsOf(mask).map((row) => row.filter((one) => one === 1).length)).toEqual(
      rows.map((row) => row.length),
    );
    expect(mask.dims).toEqual([2, 12]);
  });

  test('a text may need no more than the special tokens', async () => {
    const rules = await readTokenRules(fixture('wordpiece.tokenizer.json'));
    expect(accepted(textTokens('', rules, 8))).toEqual([...rules.before, ...rules.after]);
    expect(accepted(textTokens('the camera sends', rules, 3)).length).toBe(3);
  });

  test('a text without any tokens is refused', async () => {
    const rules = await readTokenRules(fixture('bytes.tokenizer.json'));
    expect(textTokens('', rules, 8)).toEqual({ refused: 'the text has no tokens' });
  });
});

describe('what a file says besides', () => {
  test('the type of tokens comes from its template', async () => {
    const special = { '[CLS]': { id: '[CLS]', ids: [2], tokens: ['[CLS]'] } };
    const single = [{ SpecialToken: { id: '[CLS]', type_id: 2 } }, { Sequence: { id: 'A', type_id: 1 } }];
    const rules = await readTokenRules(
      changed('types.json', {
        post_processor: { type: 'TemplateProcessing', single, pair: single, special_tokens: special },
      }),
    );
    const types = accepted(textTokens('the', rules, 8)).map(({ type }) => type);
    expect(types).toEqual([2, ...types.slice(1).map(() => 1)]);
  });

  test('without padding and truncation, [PAD] is put at the end, and the end is cut', async () => {
    const plain = await readTokenRules(changed('plain.json', { padding: null, truncation: null }));
    expect(plain.padding).toEqual({ id: 0, type: 0, side: 'right' });
    expect(plain.keep).toBe('first');
  });

  test.each<[string, () => string, RegExp]>([
    [
      'a file that is not there',
      () => join(folder, 'none.json'),
      /^Reading the tokenizer file .*none\.json: ENOENT/,
    ],
    ['no JSON', () => written('text.json', 'vocab'), /: Unexpected token/],
    [
      'another JSON file',
      () => written('other.json', '{"name": "x"}'),
      /^Reading the tokenizer file .*other\.json: /,
    ],
    [
      'an unknown model',
      () => changed('model.json', { model: { type: 'Later' } }),
      /Unknown TokenizerModel type: Later/,
    ],
    [
      'a special token without an id',
      () =>
        changed('cls.json', {
          post_processor: { type: 'BertProcessing', cls: ['[BEGIN]', 1], sep: ['[SEP]', 3] },
        }),
      /its special token \[BEGIN\] is not in its vocabulary/,
    ],
  ])('%s is refused', async (_, path, message) => {
    await expect(readTokenRules(path())).rejects.toMatchObject({
      code: 'encoder.tokenizer',
      message: expect.stringMatching(message),
    });
  });
});
