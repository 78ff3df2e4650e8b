import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { routingSchema, type Routing } from '@tidewatch/alerts';
import { receiverSchema, secretReferences, type Receiver } from '@tidewatch/channels';
import { AppError, errorCode, errorMessage, formatProblem, type Problem } from '@tidewatch/core';
import {
  driftMonitorSchema,
  embeddingMonitorSchema,
  performanceMonitorSchema,
  qualityMonitorSchema,
  type Monitor,
} from '@tidewatch/drift';
import { encoderRuleSchema, type EncoderRule } from '@tidewatch/encoder';
import { samplingSchema, type SamplingRule } from '@tidewatch/sampling';
import { scrapeSecrets, scrapeTargetSchema, type ScrapeTarget } from '@tidewatch/scrape';
import {
  costModelSchema,
  metricMonitorSchema,
  resolveSlos,
  sloDocumentSchema,
  type CostModel,
  type MetricMonitor,
  type SloDefinition,
  type SloDocument,
  type SloProblem,
} from '@tidewatch/slo';
import type { z } from 'zod';
import { formatPath, parseDocument, readYamlDocuments, type RuleDocument } from './yaml-documents.js';

/** Everything the rule files say, checked and resolved. Frozen. */
export interface Rules {
  readonly slos: readonly SloDefinition[];
  /** Of all kinds. No two have one name. */
  readonly monitors: readonly Monitor[];
  /** Neither a metric monitor nor a cost model has the name of one of {@link monitors}, or of each other. */
  readonly metricMonitors: readonly MetricMonitor[];
  readonly costModels: readonly CostModel[];
  /** No two are for one input of one model. */
  readonly encoders: readonly EncoderRule[];
  readonly scrapeTargets: readonly ScrapeTarget[];
  /** In the order of files and documents: the first that matches an item decides. */
  readonly sampling: readonly SamplingRule[];
  readonly receivers: readonly Receiver[];
  readonly routing: Routing;
  /** Names of the files read, sorted. */
  readonly files: readonly string[];
  /** What is worth a look and keeps no rule from working. */
  readonly warnings: readonly Problem[];
}

/** Collects what the documents of all files hold before references between them are resolved. */
interface Collected {
  readonly slos: { document: SloDocument; source: RuleDocument }[];
  readonly monitors: Monitor[];
  readonly metricMonitors: MetricMonitor[];
  readonly costModels: CostModel[];
  readonly encoders: EncoderRule[];
  readonly scrapeTargets: ScrapeTarget[];
  readonly sampling: SamplingRule[];
  readonly receivers: Receiver[];
  readonly routings: Routing[];
  /** The document that each rule came from, to name its file and line. */
  readonly sources: WeakMap<object, RuleDocument>;
}

/**
 * Reads all `*.yaml` and `*.yml` files of a directory, in name order.
 *
 * @param mustExist whether a missing directory is a problem; without it there are simply no rules
 * @throws AppError `config.rules-invalid` listing every problem of every file with file, line and path
 */
export function readRules(directory: string, mustExist: boolean): Rules {
  const problems: Problem[] = [];
  const collected: Collected = {
    slos: [],
    monitors: [],
    metricMonitors: [],
    costModels: [],
    encoders: [],
    scrapeTargets: [],
    sampling: [],
    receivers: [],
    routings: [],
    sources: new WeakMap(),
  };
  const files = listRuleFiles(directory, mustExist);
  for (const file of files) {
    for (const document of readYamlDocuments(basename(file), readFileSync(file, 'utf8'), problems)) {
      collect(document, collected, problems);
    }
  }
  const { slos, warnings } = resolveSloDocuments(collected, problems);
  const { monitors, metricMonitors, costModels } = collected;
  checkUniqueNames('monitor', [...monitors, ...metricMonitors, ...costModels], collected.sources, problems);
  checkUniqueNames('Encoder', collected.encoders, collected.sources, problems);
  checkEncodedOnce(collected.encoders, collected.sources, problems);
  checkUniqueNames('ScrapeTarget', collected.scrapeTargets, collected.sources, problems);
  checkUniqueNames('Sampling', collected.sampling, collected.sources, problems);
  checkUniqueNames('Receiver', collected.receivers, collected.sources, problems);
  const routing: Routing = { routes: collected.routings.flatMap((part) => part.routes) };
  checkReceivers(routing, collected.receivers, problems);
  if (problems.length > 0) {
    throw invalidRules(directory, problems);
  }
  return Object.freeze({
    slos,
    monitors,
    metricMonitors,
    costModels,
    encoders: collected.encoders,
    scrapeTargets: collected.scrapeTargets,
    sampling: collected.sampling,
    receivers: collected.receivers,
    routing,
    files: files.map((file) => basename(file)),
    warnings,
  });
}

/** Environment variables that receivers and scrape targets take their secrets from. */
export function secretVariables(rules: Rules): Set<string> {
  const references = [
    ...rules.receivers.flatMap(secretReferences),
    ...rules.scrapeTargets.flatMap(scrapeSecrets),
  ];
  return new Set(references.flatMap((reference) => reference.env ?? []));
}

function listRuleFiles(directory: string, mustExist: boolean): string[] {
  try {
    if (!statSync(directory).isDirectory()) {
      throw new AppError({
        code: 'config.rules-missing',
        message: `The rules directory ${directory} is a file.`,
      });
    }
    return readdirSync(directory)
      .filter((name) => /\.ya?ml$/.test(name))
      .sort()
      .map((name) => join(directory, name));
  } catch (error) {
    if (errorCode(error) === 'ENOENT' && !mustExist) {
      return [];
    }
    throw new AppError({
      code: 'config.rules-missing',
      message: `The rules directory ${directory} cannot be read: ${errorMessage(error)}.`,
      hint: 'Create it, or correct TIDEWATCH_RULES_DIR.',
      cause: error,
    });
  }
}

function collect(document: RuleDocument, collected: Collected, problems: Problem[]): void {
  const { apiVersion, kind } = (document.value ?? {}) as { apiVersion?: unknown; kind?: unknown };
  const add = <T extends object>(schema: z.ZodType<T>, into: T[]): void => {
    const value = parseDocument(document, schema, problems);
    if (value !== undefined) {
      collected.sources.set(value, document);
      into.push(value);
    }
  };
  if (apiVersion === 'openslo/v1') {
    const parsed = parseDocument(document, sloDocumentSchema, problems);
    if (parsed !== undefined) {
      collected.slos.push({ document: parsed, source: document });
    }
    return;
  }
  if (apiVersion !== 'tidewatch.dev/v1') {
    problems.push({
      file: document.file,
      line: document.lineOf(['apiVersion']),
      path: 'apiVersion',
      message:
        'must be openslo/v1 (service level objectives) or tidewatch.dev/v1 (monitors, encoders, scraping, sampling, receivers, routing)',
    });
    return;
  }
  switch (kind) {
    case 'DriftMonitor':
      return add<Monitor>(driftMonitorSchema, collected.monitors);
    case 'QualityMonitor':
      return add<Monitor>(qualityMonitorSchema, collected.monitors);
    case 'PerformanceMonitor':
      return add<Monitor>(performanceMonitorSchema, collected.monitors);
    case 'Encoder':
      return add(encoderRuleSchema, collected.encoders);
    case 'EmbeddingMonitor':
      return add<Monitor>(embeddingMonitorSchema, collected.monitors);
    case 'MetricMonitor':
      return add(metricMonitorSchema, collected.metricMonitors);
    case 'CostModel':
      return add(costModelSchema, collected.costModels);
    case 'ScrapeTarget':
      return add(scrapeTargetSchema, collected.scrapeTargets);
    case 'Sampling':
      return add(samplingSchema, collected.sampling);
    case 'Receiver':
      return add(receiverSchema, collected.receivers);
    case 'Routing':
      return add(routingSchema, collected.routings);
    default:
      problems.push({
        file: document.file,
        line: document.lineOf(['kind']),
        path: 'kind',
        message: `must be MetricMonitor, CostModel, DriftMonitor, QualityMonitor, PerformanceMonitor, EmbeddingMonitor, Encoder, ScrapeTarget, Sampling, Receiver or Routing, and is ${JSON.stringify(kind)}`,
      });
  }
}

/** The SLOs of all documents and what is worth a look about them; what is wrong goes to `problems`. */
function resolveSloDocuments(
  collected: Collected,
  problems: Problem[],
): { readonly slos: SloDefinition[]; readonly warnings: readonly Problem[] } {
  const resolved = resolveSlos(collected.slos.map((entry) => entry.document));
  const placed = ({ documentIndex, path, message }: SloProblem): Problem => {
    const source = collected.slos[documentIndex]?.source;
    return source === undefined
      ? { path: formatPath(path), message }
      : { file: source.file, line: source.lineOf(path), path: formatPath(path), message };
  };
  problems.push(...resolved.problems.map(placed));
  return { slos: resolved.slos, warnings: resolved.warnings.map(placed) };
}

/** Two rules of one name would share a history and an incident. */
function checkUniqueNames(
  kind: string,
  rules: readonly { readonly name: string }[],
  sources: WeakMap<object, RuleDocument>,
  problems: Problem[],
): void {
  const seen = new Set<string>();
  for (const rule of rules) {
    const { name } = rule;
    const source = sources.get(rule);
    if (seen.has(name)) {
      problems.push({
        ...(source === undefined ? {} : { file: source.file, line: source.lineOf(['metadata', 'name']) }),
        path: 'metadata.name',
        message: `${kind} ${name} is defined twice; give each ${kind} its own name`,
      });
    }
    seen.add(name);
  }
}

/** An input that two encoders take would have two vectors under one name. Projects have models of their own. */
function checkEncodedOnce(
  encoders: readonly EncoderRule[],
  sources: WeakMap<object, RuleDocument>,
  problems: Problem[],
): void {
  const seen = new Map<string, string>();
  for (const rule of encoders) {
    const { name, model, input, labels } = rule;
    const key = JSON.stringify([labels['project'] ?? 'default', model, input]);
    const first = seen.get(key);
    const source = sources.get(rule);
    if (first !== undefined) {
      problems.push({
        ...(source === undefined ? {} : { file: source.file, line: source.lineOf(['spec', 'input']) }),
        path: 'spec.input',
        message: `one input has one encoder, and ${first} encodes the input ${input} of ${model} already; send it under another name for ${name}`,
      });
    } else {
      seen.set(key, name);
    }
  }
}

/** A page for a receiver that does not exist would be found missing on the night it is needed. */
function checkReceivers(routing: Routing, receivers: readonly Receiver[], problems: Problem[]): void {
  const known = receivers.map((receiver) => receiver.name);
  for (const [index, route] of routing.routes.entries()) {
    if (!known.includes(route.receiver)) {
      const hint = known.length === 0 ? 'no Receiver is defined' : `receivers defined: ${known.join(', ')}`;
      problems.push({
        path: `Routing spec.routes[${index}].receiver`,
        message: `names ${route.receiver}, which is no Receiver; ${hint}`,
      });
    }
  }
}

function invalidRules(directory: string, problems: readonly Problem[]): AppError {
  return new AppError({
    code: 'config.rules-invalid',
    message: `The rules in ${directory} have ${problems.length} problem${problems.length === 1 ? '' : 's'}:\n${problems
      .map((problem) => `  ${formatProblem(problem)}`)
      .join('\n')}`,
  });
}
