import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import {
  mergeRoutings,
  type DigestRule,
  type HeartbeatRule,
  type Routing,
  type RuleMaintenanceWindow,
  type RuleSilence,
} from '@tidewatch/alerts';
import { secretReferences, type Receiver } from '@tidewatch/channels';
import { AppError, errorCode, errorMessage, formatProblem, type Problem } from '@tidewatch/core';
import type { Monitor } from '@tidewatch/drift';
import type { EncoderRule } from '@tidewatch/encoder';
import type { SamplingRule } from '@tidewatch/sampling';
import { scrapeSecrets, type ScrapeTarget } from '@tidewatch/scrape';
import {
  resolveSlos,
  type CostModel,
  type MetricMonitor,
  type SloDefinition,
  type SloProblem,
} from '@tidewatch/slo';
import { collectDocument, nothingCollected, type Collected } from './rule-kinds.js';
import { checkReferences } from './rule-references.js';
import { formatPath, readYamlDocuments } from './yaml-documents.js';

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
  readonly silences: readonly RuleSilence[];
  readonly maintenanceWindows: readonly RuleMaintenanceWindow[];
  readonly heartbeats: readonly HeartbeatRule[];
  readonly digests: readonly DigestRule[];
  /** Names of the files read, sorted. */
  readonly files: readonly string[];
  /** What is worth a look and keeps no rule from working. */
  readonly warnings: readonly Problem[];
}

/**
 * Reads all `*.yaml` and `*.yml` files of a directory, in name order.
 *
 * @param mustExist whether a missing directory is a problem; without it there are simply no rules
 * @throws AppError `config.rules-invalid` listing every problem of every file with file, line and path
 */
export function readRules(directory: string, mustExist: boolean): Rules {
  const problems: Problem[] = [];
  const collected = nothingCollected();
  const files = listRuleFiles(directory, mustExist);
  for (const file of files) {
    for (const document of readYamlDocuments(basename(file), readFileSync(file, 'utf8'), problems)) {
      collectDocument(document, collected, problems);
    }
  }
  const { slos, warnings } = resolveSloDocuments(collected, problems);
  checkReferences(collected, problems);
  if (problems.length > 0) {
    throw invalidRules(directory, problems);
  }
  return Object.freeze({
    slos,
    monitors: collected.monitors,
    metricMonitors: collected.metricMonitors,
    costModels: collected.costModels,
    encoders: collected.encoders,
    scrapeTargets: collected.scrapeTargets,
    sampling: collected.sampling,
    receivers: collected.receivers,
    routing: mergeRoutings(collected.routings),
    silences: collected.silences,
    maintenanceWindows: collected.maintenanceWindows,
    heartbeats: collected.heartbeats,
    digests: collected.digests,
    files: files.map((file) => basename(file)),
    warnings,
  });
}

/** Environment variables that receivers, heartbeats and scrape targets take their secrets from. */
export function secretVariables(rules: Rules): Set<string> {
  const references = [
    ...rules.receivers.flatMap(secretReferences),
    ...rules.scrapeTargets.flatMap(scrapeSecrets),
    ...rules.heartbeats.map(({ address }) => address),
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

function invalidRules(directory: string, problems: readonly Problem[]): AppError {
  return new AppError({
    code: 'config.rules-invalid',
    message: `The rules in ${directory} have ${problems.length} problem${problems.length === 1 ? '' : 's'}:\n${problems
      .map((problem) => `  ${formatProblem(problem)}`)
      .join('\n')}`,
  });
}
