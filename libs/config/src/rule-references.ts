import { receiverNamesOf } from '@tidewatch/alerts';
import { takesReports } from '@tidewatch/channels';
import type { Problem } from '@tidewatch/core';
import type { EncoderRule } from '@tidewatch/encoder';
import type { Collected } from './rule-kinds.js';
import type { RuleDocument } from './yaml-documents.js';

/** Checks what no document can be blamed for by itself: names that are taken, and names of nothing. */
export function checkReferences(collected: Collected, problems: Problem[]): void {
  const { monitors, metricMonitors, costModels, sources } = collected;
  const named: readonly (readonly [kind: string, rules: readonly { readonly name: string }[]])[] = [
    ['monitor', [...monitors, ...metricMonitors, ...costModels]],
    ['Encoder', collected.encoders],
    ['ScrapeTarget', collected.scrapeTargets],
    ['Sampling', collected.sampling],
    ['Receiver', collected.receivers],
    ['MaintenanceWindow', collected.maintenanceWindows],
    ['Heartbeat', collected.heartbeats],
    ['Digest', collected.digests],
  ];
  for (const [kind, rules] of named) {
    checkUniqueNames(
      kind,
      rules.map((rule) => [rule.name, sources.get(rule)]),
      problems,
    );
  }
  const silences = collected.silences.map(
    (silence) => [silence.id.replace(/^rules\//, ''), sources.get(silence)] as const,
  );
  checkUniqueNames('Silence', silences, problems);
  checkEncodedOnce(collected.encoders, sources, problems);
  checkReceivers(collected, problems);
}

/** Two rules of one name would share a history and an incident. */
function checkUniqueNames(
  kind: string,
  rules: readonly (readonly [name: string, source: RuleDocument | undefined])[],
  problems: Problem[],
): void {
  const seen = new Set<string>();
  for (const [name, source] of rules) {
    if (seen.has(name)) {
      problems.push({
        ...placeOf(source, ['metadata', 'name']),
        path: 'metadata.name',
        message: `${kind} ${name} is defined twice; give each ${kind} its own name`,
      });
    }
    seen.add(name);
  }
}

function placeOf(
  source: RuleDocument | undefined,
  path: readonly (string | number)[],
): Pick<Problem, 'file' | 'line'> {
  return source === undefined ? {} : { file: source.file, line: source.lineOf(path) };
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
function checkReceivers({ receivers, routings, digests, sources }: Collected, problems: Problem[]): void {
  const known = receivers.map((receiver) => receiver.name);
  const hint = known.length === 0 ? 'no Receiver is defined' : `receivers defined: ${known.join(', ')}`;
  const check = (name: string, path: string, source: RuleDocument | undefined): void => {
    if (!known.includes(name)) {
      problems.push({
        ...placeOf(source, segmentsOf(path)),
        path,
        message: `names ${name}, which is no Receiver; ${hint}`,
      });
    }
  };
  for (const routing of routings) {
    for (const { name, path } of receiverNamesOf(routing)) {
      check(name, `spec.${path}`, sources.get(routing));
    }
  }
  for (const digest of digests) {
    for (const [index, name] of digest.receivers.entries()) {
      const path = `spec.receivers[${index}]`;
      const receiver = receivers.find((each) => each.name === name);
      if (receiver !== undefined && !takesReports(receiver)) {
        problems.push({
          ...placeOf(sources.get(digest), segmentsOf(path)),
          path,
          message: `names ${name}, which is of type ${receiver.spec.type}; a digest is read by people: name a receiver of type email, slack or teams`,
        });
      } else {
        check(name, path, sources.get(digest));
      }
    }
  }
  for (const receiver of receivers) {
    const { fallback } = receiver.spec;
    if (fallback === receiver.name) {
      problems.push({
        ...placeOf(sources.get(receiver), ['spec', 'fallback']),
        path: 'spec.fallback',
        message: 'names the receiver itself; a fallback is another one',
      });
    } else if (fallback !== undefined) {
      check(fallback, 'spec.fallback', sources.get(receiver));
    }
  }
}

/** `spec.routes[0].receiver` as the steps that lead there. */
function segmentsOf(path: string): (string | number)[] {
  return path
    .replace(/\[(\d+)\]/g, '.$1')
    .split('.')
    .map((segment) => (/^\d+$/.test(segment) ? Number(segment) : segment));
}
