import { parser } from '@prometheus-io/lezer-promql';
import type { SyntaxNode, Tree } from '@lezer/common';
import { isRefusal, Refusal } from '../refusal.js';
import type { Expression, Range } from './expression.js';
import { readSelector } from './read-selector.js';
import { readStringLiteral } from './string-literal.js';
import { fillWindow, WINDOW } from './window-template.js';

const OPERATORS: ReadonlySet<string> = new Set(
  'Pow Mul Div Mod Atan2 Add Sub Eql Gte Gtr TrimUpper TrimLower Lte Lss Neq And Unless Or'.split(' '),
);

/** Kinds of expression that are known and mean nothing here, in words. */
const OTHERS: Readonly<Record<string, string>> = {
  OffsetExpr: 'an offset, which looks at another time',
  StepInvariantExpr: 'the modifier @, which looks at one fixed time',
  AnchoredExpr: 'the modifier anchored',
  SmoothedExpr: 'the modifier smoothed',
  StringLiteral: 'a text',
};

/** Longer or deeper than anything a person writes, and short enough to be read at once. */
const MOST_CHARACTERS = 10_000;
const MOST_LEVELS = 200;

/**
 * Reads a PromQL query in which `{{.window}}` may stand for a range.
 *
 * The tree comes from Prometheus' own grammar. It recovers from mistakes, so the first place where it had to is refused
 * here, by its position in the query as it was written.
 */
export function parsePromql(query: string): Expression | Refusal {
  if (query.length > MOST_CHARACTERS) {
    return new Refusal(`has more than ${MOST_CHARACTERS} characters`);
  }
  const filled = fillWindow(query);
  if (isRefusal(filled)) {
    return filled;
  }
  const tree = parser.parse(filled);
  const mistake = firstMistake(tree, filled);
  if (mistake !== null) {
    return mistake;
  }
  return convertPart(partsOf(tree.topNode)[0], filled);
}

function firstMistake(tree: Tree, query: string): Refusal | null {
  if (query.trim() === '') {
    return new Refusal('is empty; it must be a PromQL query');
  }
  const mistakes: number[] = [];
  let [level, levels] = [0, 0];
  tree.iterate({
    enter: (node) => {
      level += 1;
      levels = Math.max(levels, level);
      if (node.type.isError) {
        mistakes.push(node.from);
      }
    },
    leave: () => {
      level -= 1;
    },
  });
  if (levels > MOST_LEVELS) {
    return new Refusal(`nests more than ${MOST_LEVELS} levels deep`);
  }
  const [at] = mistakes;
  if (at === undefined) {
    return null;
  }
  const before = query.slice(0, at).trimEnd();
  const rest = query.slice(at).trim();
  const name = /[A-Za-z_]\w*$/.exec(before)?.[0];
  if (name !== undefined && rest.startsWith('(')) {
    return new Refusal(`is not PromQL: ${name} is not a function of PromQL (MetricsQL has more than PromQL)`);
  }
  const place = rest === '' ? 'it ends too early' : `something is wrong before "${shown(rest)}"`;
  return new Refusal(`is not PromQL: ${place}, at character ${at + 1}`);
}

function shown(text: string): string {
  const line = text.replaceAll(WINDOW, '{{.window}}').replace(/\s+/g, ' ');
  return line.length > 40 ? `${line.slice(0, 39)}…` : line;
}

function convertPart(node: SyntaxNode | undefined, query: string): Expression | Refusal {
  return node === undefined ? new Refusal('is empty; it must be a PromQL query') : convert(node, query);
}

/** The children of a node that are not comments. */
function partsOf(node: SyntaxNode): SyntaxNode[] {
  const parts: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (child.name !== 'LineComment') {
      parts.push(child);
    }
  }
  return parts;
}

function convert(node: SyntaxNode, query: string): Expression | Refusal {
  switch (node.name) {
    case 'ParenExpr':
      return convertPart(partsOf(node)[0], query);
    case 'VectorSelector':
      return readSelector(node, query);
    case 'NumberDurationLiteral':
      return { kind: 'number', value: numberOf(text(node, query)) };
    case 'MatrixSelector':
    case 'SubqueryExpr':
      return convertRange(node, query);
    case 'FunctionCall':
      return convertCall(node, query);
    case 'AggregateExpr':
      return convertAggregate(node, query);
    case 'BinaryExpr':
      return convertBinary(node, query);
    case 'StringLiteral': {
      const value = readStringLiteral(text(node, query));
      return isRefusal(value) ? value : other(OTHERS.StringLiteral ?? '');
    }
    default:
      return other(OTHERS[node.name] ?? `"${shown(text(node, query))}"`);
  }
}

function convertRange(node: SyntaxNode, query: string): Expression | Refusal {
  const of = convertPart(partsOf(node)[0], query);
  if (isRefusal(of)) {
    return of;
  }
  const [duration, step] = node.getChildren('DurationExpr').map((each) => text(each, query));
  const range = rangeOf(duration ?? '');
  return node.name === 'MatrixSelector'
    ? { kind: 'range', of, range }
    : { kind: 'subquery', of, range, step: step ?? '' };
}

function rangeOf(duration: string): Range {
  return duration === WINDOW ? { kind: 'window' } : { kind: 'fixed', text: duration };
}

function convertCall(node: SyntaxNode, query: string): Expression | Refusal {
  const name = node.getChild('FunctionIdentifier');
  const of = convertArguments(node.getChild('FunctionCallBody'), query);
  return isRefusal(of) ? of : { kind: 'call', name: name === null ? '' : text(name, query), of };
}

function convertAggregate(node: SyntaxNode, query: string): Expression | Refusal {
  const operator = node.getChild('AggregateOp');
  const of = convertArguments(node.getChild('FunctionCallBody'), query);
  if (isRefusal(of)) {
    return of;
  }
  const modifier = node.getChild('AggregateModifier');
  const labels = modifier?.getChild('GroupingLabels') ?? null;
  return {
    kind: 'aggregate',
    operator: operator === null ? '' : text(operator, query).toLowerCase(),
    grouping:
      modifier === null
        ? null
        : {
            kind: modifier.getChild('Without') === null ? 'by' : 'without',
            labels: labels?.getChildren('LabelName').map((label) => text(label, query)) ?? [],
          },
    of,
  };
}

function convertArguments(body: SyntaxNode | null, query: string): Expression[] | Refusal {
  const expressions: Expression[] = [];
  for (const part of body === null ? [] : partsOf(body)) {
    const expression = convert(part, query);
    if (isRefusal(expression)) {
      return expression;
    }
    expressions.push(expression);
  }
  return expressions;
}

function convertBinary(node: SyntaxNode, query: string): Expression | Refusal {
  const parts = partsOf(node);
  const operator = parts.find((part) => OPERATORS.has(part.name));
  const matching = node.getChild('MatchingModifierClause');
  const left = convertPart(parts[0], query);
  const right = convertPart(parts.at(-1), query);
  if (isRefusal(left)) {
    return left;
  }
  if (isRefusal(right)) {
    return right;
  }
  return {
    kind: 'binary',
    operator: operator === undefined ? '' : text(operator, query).toLowerCase(),
    bool: node.getChild('BoolModifier') !== null,
    manyToOne:
      matching !== null && (matching.getChild('GroupLeft') ?? matching.getChild('GroupRight')) !== null,
    left,
    right,
  };
}

function numberOf(source: string): number {
  const plain = source.toLowerCase().replaceAll('_', '').replace(/^\+/, '');
  return /^-?inf$/.test(plain) ? (plain.startsWith('-') ? -Infinity : Infinity) : Number(plain);
}

function other(what: string): Expression {
  return { kind: 'other', what };
}

function text(node: SyntaxNode, query: string): string {
  return query.slice(node.from, node.to);
}
