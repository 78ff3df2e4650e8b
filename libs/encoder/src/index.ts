export { checkModel } from './onnx/check-model.js';
export type { ModelFit } from './onnx/check-model.js';
export { inspectModel } from './onnx/inspect-model.js';
export type {
  ExternalFile,
  ModelBlob,
  ModelProblem,
  ModelReport,
  OperatorCount,
} from './onnx/model-report.js';
export { formatValue } from './onnx/model-report.js';
export type { OnnxModel, OnnxOpset, OnnxValue } from './onnx/onnx-model.js';
export { readModel } from './onnx/read-model.js';
export { DOWNLOAD_LIMITS } from './registry/fetch-model.js';
export type { DownloadLimits } from './registry/fetch-model.js';
export { loadModel } from './registry/load-model.js';
export type { LoadedModel, ModelPlaces } from './registry/load-model.js';
export { modelChecksum } from './registry/model-checksum.js';
export { parseByteSize } from './rule/byte-size.js';
export { encoderRuleSchema } from './rule/encoder-rule.js';
export type { EncoderRule } from './rule/encoder-rule.js';
export type { ModelSource } from './rule/model-source.js';
export { referenceEncoder } from './reference/reference-encoders.js';
export type { ReferenceEncoder, ReferenceName } from './reference/reference-encoders.js';
export { IMAGE_FEATURES } from './inputs/image/image-features.js';
export type { ImageFeatures } from './inputs/image/image-features.js';
export type {
  FeaturesPreprocess,
  ImagePreprocess,
  Preprocess,
  TensorPreprocess,
  TextPreprocess,
} from './inputs/preprocess.js';
export type { EncodedInput, MaskedBox, RawInput, Refused } from './inputs/raw-input.js';
export { openVectorAnalysis } from './analysis/vector-analysis.js';
export type {
  VectorAnalysis,
  VectorAnalysisOptions,
  VectorAnalysisStatus,
} from './analysis/vector-analysis.js';
export type { TaskAnswer } from './analysis/tasks.js';
export { openEncoder } from './process/encoder.js';
export type { Encoder, EncoderOptions, EncoderStatus } from './process/encoder.js';
export type { OperatorTime } from './process/operator-profile.js';
export type { ProcessLogger } from './process/process-logger.js';
export type { Provider, ProviderReport, RejectedProvider } from './process/provider-report.js';
export type { QueueLimits } from './process/raw-input-queue.js';
export type { ProcessState } from './process/supervised-process.js';
export type { WorkerTimeouts } from './process/worker.js';
export { openEmbeddingAnalysis } from './analysis/embedding-analysis.js';
export type { EmbeddingAnalysis, MeasureRequest } from './analysis/embedding-analysis.js';
export { maskInput } from './inputs/image/mask-input.js';
