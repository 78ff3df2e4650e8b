/** Versions of a domain's operators that ONNX Runtime runs. */
export interface SupportedOpset {
  readonly least: number;
  readonly most: number;
}

/**
 * What onnxruntime-node 1.30 runs, tried by loading one-node models of each version: ai.onnx loads up to 26 (27 is refused
 * as "under development"), ai.onnx.ml up to 5, com.microsoft 1 alone. Below ai.onnx 7 some operators load and others do
 * not, and ONNX Runtime promises nothing; `operator-versions.spec.ts` tries the bounds again.
 */
export const SUPPORTED_OPSETS: Readonly<Record<string, SupportedOpset>> = {
  'ai.onnx': { least: 7, most: 26 },
  'ai.onnx.ml': { least: 1, most: 5 },
  'com.microsoft': { least: 1, most: 1 },
};

/** Tried likewise: 13 loads, 14 does not. */
export const LAST_IR_VERSION = 13;

/**
 * Operators of ONNX by the version of their domain that introduced them, as onnx 1.23.2 (Python) lists them:
 *
 *     import onnx.defs as d
 *     first = {}
 *     for s in d.get_all_schemas_with_history():
 *         first[s.domain, s.name] = min(first.get((s.domain, s.name), 99), s.since_version)
 *
 * Those that came after the versions above are left out. ONNX Runtime has four in every version (the last of version 1 here).
 * The table agrees with what onnxruntime-node 1.30 says when it loads a node of each operator with each version from 7 to 26.
 * Microsoft's own are not listed: ONNX Runtime alone knows them.
 */
const INTRODUCED: Readonly<Record<string, readonly (readonly [number, string])[]>> = {
  'ai.onnx': [
    [
      1,
      `Abs Add And ArgMax ArgMin AveragePool BatchNormalization Cast Ceil Clip Concat Constant Conv
       ConvTranspose DepthToSpace Div Dropout Elu Equal Exp Flatten Floor GRU Gather Gemm GlobalAveragePool
       GlobalLpPool GlobalMaxPool Greater HardSigmoid Hardmax Identity If InstanceNormalization LRN LSTM
       LeakyRelu Less Log LogSoftmax Loop LpNormalization LpPool MatMul Max MaxPool MaxRoiPool Mean Min Mul
       Neg Not Or PRelu Pad Pow RNN RandomNormal RandomNormalLike RandomUniform RandomUniformLike
       Reciprocal ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd
       ReduceSum ReduceSumSquare Relu Reshape Selu Shape Sigmoid Size Slice Softmax Softplus Softsign
       SpaceToDepth Split Sqrt Squeeze Sub Sum Tanh Tile TopK Transpose Unsqueeze Upsample Xor
       LayerNormalization MeanVarianceNormalization SimplifiedLayerNormalization ThresholdedRelu`,
    ],
    [7, 'Acos Asin Atan Cos Multinomial Sin Tan'],
    [8, 'Expand Scan'],
    [
      9,
      `Acosh Asinh Atanh Compress ConstantOfShape Cosh Erf EyeLike IsNaN MaxUnpool
       NonZero OneHot Scatter Shrink Sign Sinh TfIdfVectorizer Where`,
    ],
    [
      10,
      `ConvInteger DequantizeLinear IsInf MatMulInteger Mod NonMaxSuppression QLinearConv QLinearMatMul
       QuantizeLinear Resize ReverseSequence RoiAlign StringNormalizer`,
    ],
    [
      11,
      `BitShift ConcatFromSequence CumSum Det DynamicQuantizeLinear GatherElements GatherND Range Round
       ScatterElements ScatterND SequenceAt SequenceConstruct SequenceEmpty SequenceErase SequenceInsert
       SequenceLength SplitToSequence Unique`,
    ],
    [12, 'Celu Einsum GreaterOrEqual LessOrEqual NegativeLogLikelihoodLoss SoftmaxCrossEntropyLoss'],
    [14, 'HardSwish Trilu'],
    [15, 'Bernoulli CastLike Optional OptionalGetElement OptionalHasElement'],
    [16, 'GridSample'],
    [17, 'BlackmanWindow DFT HammingWindow HannWindow MelWeightMatrix STFT SequenceMap'],
    [18, 'BitwiseAnd BitwiseNot BitwiseOr BitwiseXor CenterCropPad Col2Im GroupNormalization Mish'],
    [19, 'DeformConv'],
    [20, 'AffineGrid Gelu ImageDecoder RegexFullMatch StringConcat StringSplit'],
    [23, 'Attention RMSNormalization RotaryEmbedding'],
    [24, 'Swish TensorScatter'],
    [26, 'BitCast CumProd'],
  ],
  'ai.onnx.ml': [
    [
      1,
      `ArrayFeatureExtractor Binarizer CastMap CategoryMapper DictVectorizer FeatureVectorizer Imputer
       LabelEncoder LinearClassifier LinearRegressor Normalizer OneHotEncoder SVMClassifier SVMRegressor
       Scaler TreeEnsembleClassifier TreeEnsembleRegressor ZipMap`,
    ],
    [5, 'TreeEnsemble'],
  ],
};

/** Operators that ONNX took away again, by the first version without them. */
const WITHDRAWN: Readonly<Record<string, { readonly version: number; readonly instead: string }>> = {
  'ai.onnx:Scatter': { version: 11, instead: 'ScatterElements' },
  'ai.onnx:Upsample': { version: 10, instead: 'Resize' },
};

const FIRST_VERSION: ReadonlyMap<string, number> = new Map(
  Object.entries(INTRODUCED).flatMap(([domain, versions]) =>
    versions.flatMap(([version, names]) =>
      names.split(/\s+/).map((name): [string, number] => [`${domain}:${name}`, version]),
    ),
  ),
);

/**
 * What keeps an operator from running, or `undefined`.
 *
 * @param version of the operator's domain that the model uses
 */
export function operatorProblem(domain: string, type: string, version: number): string | undefined {
  const key = `${domain}:${type}`;
  if (!Object.hasOwn(INTRODUCED, domain)) {
    return undefined;
  }
  const first = FIRST_VERSION.get(key);
  if (first === undefined) {
    return `${domain} has no such operator up to version ${SUPPORTED_OPSETS[domain]?.most ?? 0}, the newest that ONNX Runtime runs`;
  }
  if (version < first) {
    return `it came with version ${first} of ${domain}, and the model uses version ${version}`;
  }
  const withdrawn = WITHDRAWN[key];
  return withdrawn !== undefined && version >= withdrawn.version
    ? `it was withdrawn with version ${withdrawn.version} of ${domain} in favour of ${withdrawn.instead}, and the model uses version ${version}`
    : undefined;
}
