import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { EncoderRule } from '@tidewatch/encoder';
import type { EncoderIdentity } from '@tidewatch/store';

/**
 * What is stored with every vector to say which encoder made it. The same file makes other vectors of images that are scaled or
 * cut differently, or of texts that another tokenizer takes apart: the name carries a fingerprint of all that stands between an
 * input and its vector besides the model.
 *
 * @param rule with absolute paths
 * @param sha256 of the model
 */
export async function identityOf(
  { name, preprocess, output }: EncoderRule,
  sha256: string,
): Promise<EncoderIdentity> {
  const { tokenizerFile, ...rest } = { tokenizerFile: null, ...preprocess };
  const hash = createHash('sha256').update(JSON.stringify([rest, output.name]));
  if (tokenizerFile !== null) {
    hash.update(await readFile(tokenizerFile));
  }
  return { name: `${name}@${hash.digest('hex').slice(0, 8)}`, sha256 };
}
