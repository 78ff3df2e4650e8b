import type { MaskedBox } from '../inputs/raw-input.js';
import type { EncoderRule } from '../rule/encoder-rule.js';
import type { OperatorTime } from './operator-profile.js';
import type { WorkerStarted } from './worker-protocol.js';

/** What an encoder's process is started with. */
export interface EncodingParameters {
  /** With absolute paths. */
  readonly rule: EncoderRule;
  /** Of the ONNX file. */
  readonly modelPath: string;
  /** Of the model with the files that belong to it. */
  readonly sha256: string;
}

/** What an encoder's process says when it is ready. */
export interface EncodingStarted extends WorkerStarted {
  /** Length of a vector. */
  readonly dimension: number;
}

/** A batch; the bytes of each input are a part of the frame. */
export interface EncodingRequest {
  readonly inputs: readonly {
    readonly dataType: string;
    readonly shape: readonly number[];
    readonly maskedBoxes: readonly MaskedBox[];
  }[];
}

/** What became of a batch; the frame's one part holds the vectors of those that are not refused, as float32. */
export interface EncodingResult {
  /** For each input the features of an image (none for others), or why it is refused. */
  readonly outcomes: readonly (Readonly<Record<string, number>> | string)[];
  /** Once, when it is complete. */
  readonly profile: readonly OperatorTime[] | null;
}
