import type { ModelProblem, OperatorCount } from './model-report.js';
import { nodesOf } from './model-nodes.js';
import type { OnnxModel, OnnxOpset } from './onnx-model.js';
import { LAST_IR_VERSION, operatorProblem, SUPPORTED_OPSETS } from './operator-versions.js';

/** The operators of a model, and what keeps them from running. */
export interface OperatorFindings {
  readonly operators: readonly OperatorCount[];
  readonly customDomains: readonly string[];
  readonly problems: readonly ModelProblem[];
}

/** Counts a model's operators and checks them against those that ONNX Runtime has. */
export function inspectOperators(model: OnnxModel): OperatorFindings {
  const counts = new Map<string, { domain: string; type: string; count: number }>();
  const custom = new Map<string, Set<string>>();
  const messages = new Set<string>(versionProblems(model));
  const own = new Set(model.functions.map(({ domain, name }) => `${domain}:${name}`));
  for (const { node, opsets } of nodesOf(model)) {
    const { domain, opType: type } = node;
    const key = `${domain}:${type}`;
    const counted = counts.get(key) ?? { domain, type, count: 0 };
    counted.count += 1;
    counts.set(key, counted);
    if (own.has(key)) {
      continue;
    }
    if (!Object.hasOwn(SUPPORTED_OPSETS, domain)) {
      custom.set(domain, (custom.get(domain) ?? new Set()).add(type));
      continue;
    }
    const version = opsets.find((each) => each.domain === domain)?.version;
    const problem = version === undefined ? undefined : operatorProblem(domain, type, version);
    if (problem !== undefined) {
      messages.add(`operator ${type} cannot run: ${problem}`);
    }
  }
  for (const [domain, types] of custom) {
    messages.add(
      `operators of the domain ${domain} are unknown to ONNX Runtime: ${[...types].sort().join(', ')}; ` +
        `needed are operators of ${Object.keys(SUPPORTED_OPSETS).join(', ')}, or functions that the model defines`,
    );
  }
  return {
    operators: [...counts.values()].sort(
      (a, b) => b.count - a.count || (`${a.domain}:${a.type}` < `${b.domain}:${b.type}` ? -1 : 1),
    ),
    customDomains: [...custom.keys()].sort(),
    problems: [...messages].map((message): ModelProblem => ({ severity: 'error', message })),
  };
}

function versionProblems({ irVersion, opsets, functions }: OnnxModel): string[] {
  const all: readonly OnnxOpset[] = [...opsets, ...functions.flatMap((each) => each.opsets)];
  return [
    ...(irVersion >= 1 && irVersion <= LAST_IR_VERSION
      ? []
      : [`the IR version is ${irVersion}, and ONNX Runtime reads 1 to ${LAST_IR_VERSION}`]),
    ...(opsets.length === 0 ? ['the model does not say which opset it uses'] : []),
    ...all.flatMap(({ domain, version }) => {
      const supported = SUPPORTED_OPSETS[domain];
      return supported === undefined || (version >= supported.least && version <= supported.most)
        ? []
        : [
            `opset ${version} of ${domain} is not supported: needed is ` +
              (supported.least === supported.most
                ? `${supported.least}`
                : `one from ${supported.least} to ${supported.most}`),
          ];
    }),
  ];
}
