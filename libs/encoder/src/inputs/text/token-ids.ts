import type { PreparedTensor } from '../prepared-batch.js';
import type { Refused } from '../raw-input.js';
import type { Token, TokenRules } from './token-rules.js';

/**
 * The tokens of a text, the special ones included: at most `maximumTokens`, of which the special ones always stay, so
 * that it is the text that is cut.
 */
export function textTokens(
  text: string,
  rules: TokenRules,
  maximumTokens: number,
): readonly Token[] | Refused {
  const { tokenizer, before, after, type, keep } = rules;
  const { ids } = tokenizer.encode(text, { add_special_tokens: false });
  const room = maximumTokens - before.length - after.length;
  const kept = keep === 'first' ? ids.slice(0, room) : ids.slice(Math.max(0, ids.length - room));
  if (!kept.every((id) => Number.isInteger(id))) {
    return {
      refused: 'the text has parts that are not in the vocabulary, which has no token for unknown ones',
    };
  }
  const tokens = [...before, ...kept.map((id) => ({ id, type })), ...after];
  return tokens.length === 0 ? { refused: 'the text has no tokens' } : tokens;
}

/**
 * Rows of tokens as the three tensors that language models take, all int64 of `[rows, length]`: ids, 1 for tokens and
 * 0 for padding, and types.
 *
 * @param length of all rows, at least that of the longest; `null` for that
 */
export function stackTokens(
  rows: readonly (readonly Token[])[],
  { side, ...padding }: TokenRules['padding'],
  length: number | null,
): Record<'input_ids' | 'attention_mask' | 'token_type_ids', PreparedTensor> {
  const columns = length ?? rows.reduce((longest, row) => Math.max(longest, row.length), 0);
  const ids = new BigInt64Array(rows.length * columns).fill(BigInt(padding.id));
  const types = new BigInt64Array(rows.length * columns).fill(BigInt(padding.type));
  const mask = new BigInt64Array(rows.length * columns);
  for (const [index, row] of rows.entries()) {
    const start = index * columns + (side === 'left' ? columns - row.length : 0);
    for (const [offset, { id, type }] of row.entries()) {
      ids[start + offset] = BigInt(id);
      types[start + offset] = BigInt(type);
      mask[start + offset] = 1n;
    }
  }
  const tensor = (data: BigInt64Array) => ({ element: 'int64', dims: [rows.length, columns], data }) as const;
  return { input_ids: tensor(ids), attention_mask: tensor(mask), token_type_ids: tensor(types) };
}
