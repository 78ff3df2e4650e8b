import { readFile } from 'node:fs/promises';
import { Tokenizer } from '@huggingface/tokenizers';
import { AppError, errorMessage } from '@tidewatch/core';

/** What is used of a tokenizer. The package's own declarations name files that Node's module resolution does not find. */
export interface TextTokenizer {
  /** Cuts a text into tokens, and looks up the id of each: not a number when it has none. */
  encode(
    text: string,
    options: { readonly add_special_tokens: boolean },
  ): { readonly ids: readonly number[] };
  token_to_id(token: string): number | undefined;
  readonly post_processor: {
    /** Puts the special tokens around those of a text, and tells the type of each where there are types. */
    post_process(
      tokens: readonly string[],
      pair: null,
      addSpecialTokens: boolean,
    ): { readonly tokens: readonly string[]; readonly token_type_ids?: readonly number[] };
  } | null;
}

/** What a `tokenizer.json` says of how text becomes token ids. */
export interface TokenRules {
  readonly tokenizer: TextTokenizer;
  /** Special tokens before a text, and after it. */
  readonly before: readonly Token[];
  readonly after: readonly Token[];
  /** Type of the text's own tokens. */
  readonly type: number;
  /** Which tokens stay when there are too many. */
  readonly keep: 'first' | 'last';
  readonly padding: Token & { readonly side: 'left' | 'right' };
}

/** A token as models know it. */
export interface Token {
  readonly id: number;
  /** Which of two texts it belongs to; 0 for most models. */
  readonly type: number;
}

/** The parts of the file that are read here; the rest is the tokenizer's own. */
interface TokenizerFile {
  readonly truncation?: { readonly direction?: string } | null;
  readonly padding?: {
    readonly direction?: string;
    readonly pad_id?: number;
    readonly pad_type_id?: number;
  } | null;
}

// Parts that the format has as null when there are none, and which some writers leave out.
const ABSENT = {
  normalizer: null,
  pre_tokenizer: null,
  post_processor: null,
  decoder: null,
  added_tokens: [],
};

const TokenizerOfFile = Tokenizer as new (file: object, config: object) => TextTokenizer;

const PADDING_TOKENS = ['[PAD]', '<pad>', '<|pad|>', '<PAD>'];

/**
 * Reads a `tokenizer.json`, the format of Hugging Face's tokenizers.
 *
 * Which end is cut off and which is padded, and with what, are as its `truncation` and `padding` say; without them, the
 * end is cut off, and padded with the id of `[PAD]`, `<pad>`, `<|pad|>` or `<PAD>`, or else 0. The lengths in them are
 * not used: the rule says how long a row may be.
 *
 * @throws AppError `encoder.tokenizer` when the file cannot be read, or uses what the reader does not know
 */
export async function readTokenRules(path: string): Promise<TokenRules> {
  try {
    const file = { ...ABSENT, ...(JSON.parse(await readFile(path, 'utf8')) as TokenizerFile) };
    const tokenizer = new TokenizerOfFile(file, {});
    return {
      tokenizer,
      ...specialTokens(tokenizer),
      keep: file.truncation?.direction?.toLowerCase() === 'left' ? 'last' : 'first',
      padding: {
        id: file.padding?.pad_id ?? paddingToken(tokenizer),
        type: file.padding?.pad_type_id ?? 0,
        side: file.padding?.direction?.toLowerCase() === 'left' ? 'left' : 'right',
      },
    };
  } catch (error) {
    throw new AppError({
      code: 'encoder.tokenizer',
      message: `Reading the tokenizer file ${path}: ${errorMessage(error)}.`,
      hint: 'It has to be a tokenizer.json as written by `save_pretrained` or `Tokenizer.save`.',
      cause: error,
    });
  }
}

/** The tokens that are put around a text, found by having them put around a stand-in. */
function specialTokens(tokenizer: TextTokenizer): Pick<TokenRules, 'before' | 'after' | 'type'> {
  const standIn = '\u0000';
  const { tokens, token_type_ids: types = [] } = tokenizer.post_processor?.post_process(
    [standIn],
    null,
    true,
  ) ?? {
    tokens: [standIn],
  };
  const at = tokens.indexOf(standIn);
  const special = tokens.map((token, index) => {
    const id = index === at ? 0 : tokenizer.token_to_id(token);
    if (id === undefined) {
      throw new Error(`its special token ${token} is not in its vocabulary`);
    }
    return { id, type: types[index] ?? 0 };
  });
  return { before: special.slice(0, at), after: special.slice(at + 1), type: types[at] ?? 0 };
}

function paddingToken(tokenizer: TextTokenizer): number {
  const token = PADDING_TOKENS.find((name) => tokenizer.token_to_id(name) !== undefined);
  return token === undefined ? 0 : (tokenizer.token_to_id(token) ?? 0);
}
