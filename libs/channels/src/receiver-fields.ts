import { z } from 'zod';

/** What every Receiver may say in its `spec`; spread into the schema of each channel. */
export const receiverFields = {
  /** A disabled receiver is told of nothing new. What it was told of is still closed. */
  enabled: z.boolean({ error: 'must be true or false' }).default(true),
  /** Name of the Receiver that is told when a page cannot be delivered here. */
  fallback: z.string({ error: 'must be the name of a Receiver' }).min(1).optional(),
};
