import { readFile } from 'node:fs/promises';
import { openPreparation, type ModelInput, type Preparation } from '../inputs/preparation.js';
import { prepareBatch } from '../inputs/prepare-batch.js';
import type { PreparedBatch } from '../inputs/prepared-batch.js';
import { checkModel, type ModelFit } from '../onnx/check-model.js';
import { inspectModel } from '../onnx/inspect-model.js';
import { readModel } from '../onnx/read-model.js';
import { checksumError } from '../registry/checksum-error.js';
import { modelChecksum } from '../registry/model-checksum.js';
import { BodyPool } from './body-pool.js';
import { EncodingEngine } from './encoding-engine.js';
import type {
  EncodingParameters,
  EncodingRequest,
  EncodingResult,
  EncodingStarted,
} from './encoding-protocol.js';
import { sampleInputs } from './sample-inputs.js';
import type { OpenService } from './serve-requests.js';

/**
 * An encoder, as it works in a process of its own: reads and checks the model, warms it up on the best provider that works,
 * and turns batches of raw inputs into vectors. A batch is prepared while the one before is in the model, and then waits at the
 * model's thread.
 *
 * Profiles of the image encoder that ships (64 x 64 pixels, batches of 32) showed what costs time beside the model. Preparing
 * took as long as the model: every image was normalised by a division for each value, into an array of its own, which was then
 * copied to the batch. The pages of fresh tensors and frames came next. What is left is half of the model's time, on this thread,
 * so that a machine with one more core than the model has threads keeps the model busy.
 *
 * @throws AppError when the model or the rule cannot be used: `encoder.model-checksum`, `encoder.model-unreadable`,
 * `encoder.model-unfit`, `encoder.provider` and those of {@link openPreparation}
 */
export const openEncodingService: OpenService<SentBatch> = async (start, trying) => {
  const { rule, modelPath, sha256 } = start.parameters as EncodingParameters;
  const { model, fit, preparation } = await openModel({ rule, modelPath, sha256 });
  const sample = await prepareBatch(sampleInputs(preparation, rule.batch.size), preparation);
  const engine = new EncodingEngine(trying);
  const report = await engine.open({
    model,
    fit,
    sample: sample.tensors,
    threads: rule.threads,
    profiling: rule.profiling,
    providers: { provider: start.provider, excluded: start.excluded, settled: start.settled },
  });
  const pool = new BodyPool();
  let prepared: Promise<unknown> = Promise.resolve();
  const prepare = (payload: unknown, parts: readonly Uint8Array[]): Promise<PreparedBatch> => {
    const inputs = inputsOf(payload as EncodingRequest, parts);
    // One after another, so that the first is not held up by those after it.
    const batch = prepared.then(() => prepareBatch(inputs, preparation, (bytes) => pool.take(bytes)));
    prepared = batch.catch(() => undefined);
    return batch;
  };
  const started: EncodingStarted = { provider: report, dimension: fit.dimension };
  return {
    started,
    prepare: async (payload, parts) => {
      const batch = await prepare(payload, parts);
      // The features of images are no business of that thread, and passing them to and fro takes time.
      const encoded = engine.encode({ tensors: batch.tensors, rows: batch.rows.length });
      // What goes wrong is told in its turn.
      encoded.catch(() => undefined);
      return { batch, encoded };
    },
    run: async ({ batch, encoded }) => {
      const { result, memory } = await encoded;
      memory.forEach((buffer) => pool.give(new Uint8Array(buffer)));
      const { vectors, problems, profile } = result;
      return {
        result: { outcomes: outcomesOf(batch, problems), profile } satisfies EncodingResult,
        parts: [new Uint8Array(vectors.buffer, vectors.byteOffset, vectors.byteLength)],
      };
    },
    close: () => engine.close(),
  };
};

/** A batch that was given to the model. */
interface SentBatch {
  readonly batch: PreparedBatch;
  readonly encoded: ReturnType<EncodingEngine['encode']>;
}

/** What became of each input, of which the model has seen some. */
function outcomesOf(
  { rows, results }: PreparedBatch,
  problems: readonly (string | null)[],
): EncodingResult['outcomes'] {
  const outcomes = results.map((result) => ('refused' in result ? result.refused : result.features));
  problems.forEach((problem, row) => {
    if (problem !== null) {
      outcomes[rows[row] ?? 0] = problem;
    }
  });
  return outcomes;
}

interface OpenedModel {
  readonly model: Uint8Array | string;
  readonly fit: ModelFit;
  readonly preparation: Preparation;
}

async function openModel({ rule, modelPath, sha256 }: EncodingParameters): Promise<OpenedModel> {
  const bytes = await readFile(modelPath);
  const report = inspectModel(readModel(bytes));
  // It may have been replaced since it was checked, and this process may be started again months later.
  const found = await modelChecksum(bytes, modelPath, report.externalFiles);
  if (found !== sha256) {
    throw checksumError({
      what: `The model of Encoder ${rule.name}`,
      where: modelPath,
      expected: sha256,
      found,
    });
  }
  const fit = checkModel(report, rule);
  const preparation = await openPreparation({
    preprocess: rule.preprocess,
    input: modelInput(fit),
    padFeatures: rule.source.kind === 'reference',
  });
  // Files beside the model are found by its place.
  return { model: report.externalFiles.length > 0 ? modelPath : bytes, fit, preparation };
}

function modelInput({ inputs }: ModelFit): ModelInput {
  const input = inputs.find(({ name }) => name === 'input_ids') ?? inputs[0];
  const dims = (input?.shape ?? []).slice(1).map((size) => (typeof size === 'number' ? size : null));
  return { element: input?.element ?? 'float32', dims };
}

function inputsOf({ inputs }: EncodingRequest, parts: readonly Uint8Array[]) {
  return inputs.map((input, index) => ({ ...input, data: parts[index] ?? new Uint8Array(0) }));
}
