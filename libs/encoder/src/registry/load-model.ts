import { join, resolve } from 'node:path';
import { AppError, errorMessage } from '@tidewatch/core';
import { checkModel, type ModelFit } from '../onnx/check-model.js';
import { inspectModel } from '../onnx/inspect-model.js';
import type { ModelReport } from '../onnx/model-report.js';
import { readModel } from '../onnx/read-model.js';
import { referenceEncoder } from '../reference/reference-encoders.js';
import type { EncoderRule } from '../rule/encoder-rule.js';
import { checksumError } from './checksum-error.js';
import { downloadModel } from './download-model.js';
import { DOWNLOAD_LIMITS, type DownloadLimits } from './fetch-model.js';
import { modelChecksum } from './model-checksum.js';
import { readModelFile } from './model-file.js';
import { checkSignature } from './model-signature.js';

/** A rule's model, found and checked. */
export interface LoadedModel {
  /** Of the ONNX file; files that belong to it lie beside it. */
  readonly path: string;
  /** Of the model with all files that belong to it, see {@link modelChecksum}. */
  readonly sha256: string;
  readonly report: ModelReport;
  readonly fit: ModelFit;
  /** With the paths of its files made absolute. */
  readonly rule: EncoderRule;
}

/** Where models are looked for and kept. */
export interface ModelPlaces {
  /** What the paths of a rule are relative to. */
  readonly rulesDir: string;
  /** Models from a URL are kept in its folder `models`. */
  readonly dataDir: string;
  readonly limits?: DownloadLimits;
  readonly signal?: AbortSignal;
}

/**
 * Finds the model of a rule, fetches it when it is elsewhere, and checks its signature, its checksum and whether it is what the
 * rule needs.
 *
 * @throws AppError `encoder.model-missing`, `encoder.model-download` (mostly retryable), `encoder.model-signature`,
 *   `encoder.model-checksum`, `encoder.model-unreadable` or `encoder.model-unfit`
 */
export async function loadModel(rule: EncoderRule, places: ModelPlaces): Promise<LoadedModel> {
  const { path, sha256 } = await locate(rule, places);
  const bytes = await readModelFile(path, `the model of Encoder ${rule.name}`);
  if (rule.signature !== null) {
    await checkSignature(bytes, rule.name, rule.signature, places.rulesDir);
  }
  const report = await verify(bytes, path, sha256, rule);
  return { path, sha256, report, fit: checkModel(report, rule), rule: withPaths(rule, places.rulesDir) };
}

/** The file, and the checksum that it must have. */
async function locate(
  rule: EncoderRule,
  { rulesDir, dataDir, limits = DOWNLOAD_LIMITS, signal }: ModelPlaces,
): Promise<{ readonly path: string; readonly sha256: string }> {
  const { source, sha256 } = rule;
  if (source.kind === 'reference') {
    return referenceEncoder(source.name);
  }
  if (sha256 === null) {
    throw new TypeError(`Encoder ${rule.name} has a ${source.kind} without a checksum.`);
  }
  switch (source.kind) {
    case 'file':
      return { path: resolve(rulesDir, source.path), sha256 };
    case 'url': {
      const what = `The model of Encoder ${rule.name}`;
      const folder = join(dataDir, 'models');
      return { path: await downloadModel({ what, url: source.url, sha256, folder, limits, signal }), sha256 };
    }
  }
}

async function verify(
  bytes: Uint8Array,
  path: string,
  expected: string,
  rule: EncoderRule,
): Promise<ModelReport> {
  const what = `The model of Encoder ${rule.name}`;
  let report: ModelReport;
  try {
    report = inspectModel(readModel(bytes));
  } catch (error) {
    const found = await modelChecksum(bytes, path, []);
    // That it is another file than the rule names explains why it cannot be read.
    throw found === expected
      ? error
      : checksumError({ what, where: path, expected, found, note: errorMessage(error) });
  }
  refuseExternalData(report, rule);
  const found = await modelChecksum(bytes, path, report.externalFiles);
  if (found !== expected) {
    const files = report.externalFiles.map(({ location }) => location).join(', ');
    const note = files === '' ? undefined : `It is that of the file followed by its external data: ${files}.`;
    throw checksumError({ what, where: path, expected, found, note });
  }
  return report;
}

/** Where only one file is fetched, or one is signed, the others would come from anywhere. */
function refuseExternalData({ externalFiles }: ModelReport, rule: EncoderRule): void {
  const reason =
    rule.source.kind === 'url'
      ? 'a model from a URL is one file'
      : rule.signature !== null
        ? 'a signature is that of one file'
        : undefined;
  if (reason === undefined || externalFiles.length === 0) {
    return;
  }
  throw new AppError({
    code: 'encoder.model-unfit',
    message: `The model of Encoder ${rule.name} keeps numbers in other files (${externalFiles
      .map(({ location }) => location)
      .join(', ')}), and ${reason}.`,
    hint: 'Save the model with its weights inside, as onnx.save_model does unless told otherwise.',
  });
}

function withPaths(rule: EncoderRule, rulesDir: string): EncoderRule {
  const { preprocess } = rule;
  return preprocess.kind === 'text' && preprocess.as === 'ids'
    ? { ...rule, preprocess: { ...preprocess, tokenizerFile: resolve(rulesDir, preprocess.tokenizerFile) } }
    : rule;
}
