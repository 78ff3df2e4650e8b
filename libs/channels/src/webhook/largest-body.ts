/** Standard Webhooks asks for bodies of at most 20 KB. */
export const LARGEST_BODY = 20_000;
