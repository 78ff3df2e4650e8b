import { z } from 'zod';
import type { Preprocess } from '../inputs/preprocess.js';
import { resolveSource, sourceFields, sourceProblems, type ModelSource } from './model-source.js';
import {
  byteSizeField,
  durationField,
  numberField,
  textField,
  wholeField,
  wordField,
} from './rule-fields.js';

/** A rule that says how the raw inputs of a model become vectors. */
export interface EncoderRule {
  readonly kind: 'Encoder';
  /** Stored with every vector, as is the model's checksum. */
  readonly name: string;
  readonly owner: string;
  readonly runbook: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Of which model's samples inputs are encoded. */
  readonly model: string;
  /** Name of the input, and of the embedding that comes of it. */
  readonly input: string;
  readonly source: ModelSource;
  /** Of the model with all files that belong to it, in lower-case hexadecimal; `null` for a reference encoder, whose checksum is known. */
  readonly sha256: string | null;
  /** Ed25519 over the bytes of the model file: 64 raw bytes or base64, and a public key in PEM; relative to the rules directory. */
  readonly signature: { readonly signatureFile: string; readonly publicKeyFile: string } | null;
  readonly preprocess: Preprocess;
  /** Which output is the vector, when there are several, and how long it must be; `null` for whatever the model says. */
  readonly output: { readonly name: string | null; readonly dimension: number | null };
  readonly provider: 'auto' | 'cuda' | 'webgpu' | 'cpu';
  /** How many inputs are encoded at once at most, and how long the first waits for others. */
  readonly batch: { readonly size: number; readonly waitMs: number };
  /** Threads within an operator; `null` for what the runtime chooses. */
  readonly threads: number | null;
  /** Above this resident size the encoder's process is replaced. */
  readonly memoryLimitBytes: number;
  readonly profiling: boolean;
  /** `null`: inputs are dropped once they are encoded. */
  readonly keepInputs: {
    /** The share kept, above 0 and at most 1. */
    readonly share: number;
    readonly maximumPerMinute: number;
    /** Boxes that the client names are blackened, or the whole image is blurred. */
    readonly privacy: 'mask' | 'blur';
  } | null;
}

// ONNX Runtime alone takes about 150 MiB: under a smaller limit a process would be replaced after each batch.
const LEAST_MEMORY = { text: '256MiB', bytes: 268_435_456 };
const LONGEST_WAIT = { text: '10s', milliseconds: 10_000 };

const spec = z
  .strictObject({
    model: textField,
    input: textField,
    ...sourceFields,
    output: z
      .strictObject({
        name: textField.nullable().default(null),
        dimension: wholeField(1, 65_536).nullable().default(null),
      })
      .prefault({}),
    provider: wordField(['auto', 'cuda', 'webgpu', 'cpu']).default('auto'),
    batch: z
      .strictObject({ size: wholeField(1, 1_024).default(32), wait: durationField(LONGEST_WAIT).default(20) })
      .prefault({}),
    threads: wholeField(1, 256).nullable().default(null),
    memoryLimit: byteSizeField(LEAST_MEMORY).default(2_147_483_648),
    profiling: z.boolean({ error: 'must be true or false' }).default(false),
    keepInputs: z
      .strictObject({
        share: numberField
          .gt(0, 'must be above 0; leave keepInputs out to keep none')
          .max(1, 'must be at most 1')
          .default(0.01),
        // One a second: enough to look at, and little to store.
        maximumPerMinute: wholeField(1, 60_000).default(60),
        privacy: wordField(['mask', 'blur']).default('mask'),
      })
      .nullable()
      .default(null),
  })
  .superRefine((value, context) => {
    for (const { path, message } of sourceProblems(value)) {
      context.addIssue({ code: 'custom', path: [...path], message });
    }
  });

/**
 * Reads an `Encoder` rule document, as parsed from YAML, into an {@link EncoderRule} with all defaults filled. Unknown keys
 * are errors.
 */
export const encoderRuleSchema = z
  .strictObject({
    apiVersion: z.literal('tidewatch.dev/v1'),
    kind: z.literal('Encoder'),
    metadata: z.strictObject({
      name: textField,
      owner: z.string().default(''),
      runbook: z.string().default(''),
      labels: z.record(z.string(), z.string()).default({}),
    }),
    spec,
  })
  .transform(({ kind, metadata, spec: written }): EncoderRule => {
    const { model, input, output, provider, threads, profiling, keepInputs } = written;
    return {
      kind,
      ...metadata,
      model,
      input,
      ...resolveSource(written),
      sha256: written.sha256 ?? null,
      signature: written.signature ?? null,
      output,
      provider,
      batch: { size: written.batch.size, waitMs: written.batch.wait },
      threads,
      memoryLimitBytes: written.memoryLimit,
      profiling,
      keepInputs,
    };
  });
