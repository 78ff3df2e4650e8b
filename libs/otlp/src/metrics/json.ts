import { canonicalAttributes } from '../attributes.js';
import { attributesAt } from '../json/any-value.js';
import { arrayAt, booleanAt, integerAt, objectAt, oneOf, parseJsonBody, stringAt } from '../json/reader.js';
import type { JsonObject } from '../json/reader.js';
import { malformedJson } from '../malformed.js';
import type { MetricBatch, Temporality } from './batch.js';
import { MetricBatchBuilder, resourceContext } from './batch-builder.js';
import type { ResourceContext, ScopeContext } from './batch-builder.js';
import { FAULT } from './faults.js';
import type { Fault } from './faults.js';
import { addHistogramPoint, addNumberPoint } from './json-points.js';
import { temporalityOf } from './temporality.js';

const DATA = ['gauge', 'sum', 'histogram', 'exponentialHistogram', 'summary'] as const;

/** Enum names: senders must not use them, and some do. */
const TEMPORALITY_NAMES: Readonly<Record<string, Temporality>> = {
  AGGREGATION_TEMPORALITY_UNSPECIFIED: 'unspecified',
  AGGREGATION_TEMPORALITY_DELTA: 'delta',
  AGGREGATION_TEMPORALITY_CUMULATIVE: 'cumulative',
};

/**
 * Decodes the OTLP/JSON form of an ExportMetricsServiceRequest into the same columns as `decodeMetricsProtobuf`.
 *
 * lowerCamelCase names only; unknown fields are ignored and null is unset. Numbers that do not fit their field refuse
 * the point they belong to; a wrong type, or an attribute that does not fit int64, makes the body malformed.
 *
 * @throws AppError `otlp.malformed`, not retryable, naming the JSON path
 */
export function decodeMetricsJson(body: Uint8Array): MetricBatch {
  const request = parseJsonBody(body);
  const builder = new MetricBatchBuilder();
  const path = 'resourceMetrics';
  arrayAt(request[path], path).forEach((item, index) =>
    addResourceMetrics(builder, item, `${path}[${index}]`),
  );
  return builder.finish();
}

function addResourceMetrics(builder: MetricBatchBuilder, value: unknown, path: string): void {
  const block = objectAt(value, path) ?? {};
  const resource = objectAt(block['resource'], `${path}.resource`) ?? {};
  const context = resourceContext(
    attributesAt(resource['attributes'], `${path}.resource.attributes`),
    stringAt(block['schemaUrl'], `${path}.schemaUrl`),
  );
  const scopesPath = `${path}.scopeMetrics`;
  arrayAt(block['scopeMetrics'], scopesPath).forEach((item, index) =>
    addScopeMetrics(builder, item, `${scopesPath}[${index}]`, context),
  );
}

function addScopeMetrics(
  builder: MetricBatchBuilder,
  value: unknown,
  path: string,
  resource: ResourceContext,
): void {
  const block = objectAt(value, path) ?? {};
  const scopePath = `${path}.scope`;
  const scope = objectAt(block['scope'], scopePath) ?? {};
  const context: ScopeContext = {
    resource,
    name: stringAt(scope['name'], `${scopePath}.name`),
    version: stringAt(scope['version'], `${scopePath}.version`),
    attributes: canonicalAttributes(attributesAt(scope['attributes'], `${scopePath}.attributes`)),
    schemaUrl: stringAt(block['schemaUrl'], `${path}.schemaUrl`),
  };
  const metricsPath = `${path}.metrics`;
  arrayAt(block['metrics'], metricsPath).forEach((item, index) =>
    addMetric(builder, item, `${metricsPath}[${index}]`, context),
  );
}

function addMetric(builder: MetricBatchBuilder, value: unknown, path: string, scope: ScopeContext): void {
  const metric = objectAt(value, path) ?? {};
  const name = stringAt(metric['name'], `${path}.name`);
  const description = stringAt(metric['description'], `${path}.description`);
  const unit = stringAt(metric['unit'], `${path}.unit`);
  const type = oneOf(metric, DATA, path);
  if (type === undefined) {
    return;
  }
  const dataPath = `${path}.${type}`;
  const data = objectAt(metric[type], dataPath) ?? {};
  const pointsPath = `${dataPath}.dataPoints`;
  const points = arrayAt(data['dataPoints'], pointsPath);
  if (type === 'exponentialHistogram' || type === 'summary') {
    builder.rejections.add(name, FAULT[type], points.length);
    return;
  }
  if (name === '') {
    builder.rejections.add(name, FAULT.noName, points.length);
    return;
  }
  const temporality = type === 'gauge' ? 'unspecified' : temporalityAt(data, dataPath);
  const isMonotonic = type === 'sum' && booleanAt(data['isMonotonic'], `${dataPath}.isMonotonic`);
  builder.openMetric({ scope, name, unit, description, type, temporality, isMonotonic });
  const add: (builder: MetricBatchBuilder, value: unknown, path: string) => Fault | undefined =
    type === 'histogram' ? addHistogramPoint : addNumberPoint;
  points.forEach((point, index) => {
    const fault = add(builder, point, `${pointsPath}[${index}]`);
    if (fault !== undefined) {
      builder.rejections.add(name, fault);
    }
  });
}

function temporalityAt(data: JsonObject, dataPath: string): Temporality {
  const path = `${dataPath}.aggregationTemporality`;
  const value = data['aggregationTemporality'];
  if (typeof value === 'string' && Object.hasOwn(TEMPORALITY_NAMES, value)) {
    return TEMPORALITY_NAMES[value]!;
  }
  const number = integerAt(value, path, 'uint32');
  if (number === undefined) {
    throw malformedJson(path, 'the number is out of range');
  }
  return temporalityOf(Number(number));
}
