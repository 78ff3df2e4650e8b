/**
 * Arrays and objects in what clients send nest at most this deep. OTLP values nest 64 deep, samples less; what is deeper
 * is no telemetry.
 */
export const MAX_JSON_DEPTH = 1_000;

const CODE = { quote: 0x22, backslash: 0x5c, openBracket: 0x5b, closeBracket: 0x5d } as const;

/**
 * Whether the arrays and objects of a JSON text nest deeper than `limit` levels; whether it is JSON otherwise is for the
 * parser to say.
 *
 * To be asked before `JSON.parse`, which cannot be interrupted: it takes 0.1 s and 30 MB for each million open brackets,
 * and only then finds that they are never closed.
 */
export function nestsTooDeep(json: string, limit = MAX_JSON_DEPTH): boolean {
  let depth = 0;
  let isInString = false;
  for (let index = 0; index < json.length; index++) {
    const code = json.charCodeAt(index);
    if (isInString) {
      if (code === CODE.backslash) {
        index++;
      } else if (code === CODE.quote) {
        isInString = false;
      }
    } else if (code === CODE.quote) {
      isInString = true;
      // Brackets and braces are the same but for bit 5.
    } else if ((code & ~0x20) === CODE.openBracket) {
      if (++depth > limit) {
        return true;
      }
    } else if ((code & ~0x20) === CODE.closeBracket) {
      depth--;
    }
  }
  return false;
}
