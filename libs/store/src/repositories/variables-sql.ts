import type { Population } from '@tidewatch/drift';
import type { TimeRange } from '@tidewatch/core';
import type { Parameters } from '../parameters.js';

/** Ids of variables that look like those of another source get a prefix of their own, as `variableId` of drift does. */
const FEATURE_ID = (key: string): string =>
  `if(match(${key}, '^(output|truth|attribution|metric):.') OR startsWith(${key}, 'feature:'), concat('feature:', ${key}), ${key})`;

/** (variable, kind, number, text): kind 0 is a number, 1 a text, 2 a value that is null. */
export const typedValue = (variable: string, kind: number, number: string, text: string): string =>
  `(${variable}, toUInt8(${kind}), toFloat64(${number}), ${text})`;

const NO_VALUES = "CAST([], 'Array(Tuple(String, UInt8, Float64, String))')";

/** An array of the value where the condition holds, else an empty one. */
export const optionalValue = (condition: string, tuple: string): string =>
  `if(${condition}, [${tuple}], ${NO_VALUES})`;

/** `NULL` where there are no class scores and no score. */
const CONFIDENCE = 'if(notEmpty(PredictionScores), arrayMax(mapValues(PredictionScores)), PredictionScore)';

/** Each value of a sample as (variable, kind, number, text): SQL of an array over the columns of `predictions`. */
export const VALUES = `arrayConcat(
  arrayMap((k, v) -> ${typedValue(FEATURE_ID('toString(k)'), 0, 'v', "''")}, mapKeys(FeaturesNumeric), mapValues(FeaturesNumeric)),
  arrayMap((k, v) -> ${typedValue(FEATURE_ID('toString(k)'), 1, '0', 'v')}, mapKeys(FeaturesText), mapValues(FeaturesText)),
  arrayMap((k, v) -> ${typedValue(FEATURE_ID('toString(k)'), 1, '0', "if(v, 'true', 'false')")}, mapKeys(FeaturesBoolean), mapValues(FeaturesBoolean)),
  arrayMap(k -> ${typedValue(FEATURE_ID('toString(k)'), 2, '0', "''")}, FeaturesNull),
  arrayMap((k, v) -> ${typedValue("concat('attribution:', k)", 0, 'v', "''")}, mapKeys(Attributions), mapValues(Attributions)),
  ${optionalValue("PredictionLabel != ''", typedValue("'output:label'", 1, '0', 'toString(PredictionLabel)'))},
  ${optionalValue('isNotNull(PredictionScore)', typedValue("'output:score'", 0, 'assumeNotNull(PredictionScore)', "''"))},
  ${optionalValue('isNotNull(PredictionValue)', typedValue("'output:value'", 0, 'assumeNotNull(PredictionValue)', "''"))},
  ${optionalValue(`isNotNull(${CONFIDENCE})`, typedValue("'output:confidence'", 0, `assumeNotNull(${CONFIDENCE})`, "''"))},
  ${optionalValue('HasDetections', typedValue("'output:boxes'", 0, 'length(DetectionLabels)', "''"))},
  ${optionalValue(
    'HasDetections AND isNotNull(RejectedCount)',
    typedValue(
      "'output:reject_share'",
      0,
      'assumeNotNull(RejectedCount) / greatest(1, assumeNotNull(RejectedCount) + length(DetectionLabels))',
      "''",
    ),
  )},
  arrayMap(label -> ${typedValue("'output:box_label'", 1, '0', 'toString(label)')}, DetectionLabels),
  arrayMap(score -> ${typedValue("'output:box_score'", 0, 'score', "''")}, DetectionScores)
)`;

/** Variables of which a sample may have several values, or none without lacking anything. */
export const REPEATED_VARIABLES = ['output:box_label', 'output:box_score'];

/** Condition on `predictions`: one of a population's samples within `from` and `to`. */
export const SAMPLES_WHERE = `Project = {project:String} AND Model = {model:String}
  AND Timestamp >= fromUnixTimestamp64Milli({from:Int64}) AND Timestamp < fromUnixTimestamp64Milli({to:Int64})
  AND ({service:String} = '' OR Service = {service:String}) AND ({region:String} = '' OR Region = {region:String})
  AND arrayAll(tag -> has({tagPairs:Array(String)}, concat(tag, '\\0', Tags[tag])), {tagNames:Array(String)})`;

/** The parameters of {@link SAMPLES_WHERE}. */
export function sampleParameters(project: string, population: Population, range: TimeRange): Parameters {
  const { model, service, region, where } = population;
  return {
    project,
    model,
    service,
    region,
    from: range.from,
    to: range.to,
    tagNames: Object.keys(where),
    tagPairs: Object.entries(where).flatMap(([tag, values]) => values.map((each) => `${tag}\0${each}`)),
  };
}

/** SQL of the value that a sample has in a dimension: a column, or a tag. Empty where it has none. */
export const DIMENSION_VALUE = (dimension: string): string =>
  `multiIf(${dimension} = 'region', toString(Region), ${dimension} = 'service', toString(Service),
     ${dimension} = 'environment', toString(Environment), ${dimension} = 'version', toString(ModelVersion),
     ${dimension} = 'variant', toString(Variant), Tags[${dimension}])`;

/**
 * The segments of a sample: all of them together, and one per dimension in which it has a value. Of dimensions that are
 * `crowded` only the segments `named` keep a name of their own.
 */
export const SEGMENTS = `arrayConcat([''], arrayFilter(each -> each != '', arrayMap(d ->
    multiIf(${DIMENSION_VALUE('d')} = '', '',
      has({crowded:Array(String)}, d) AND NOT has({named:Array(String)}, concat(d, '=', ${DIMENSION_VALUE('d')})), concat(d, '=other'),
      concat(d, '=', ${DIMENSION_VALUE('d')})), {dimensions:Array(String)})))`;
