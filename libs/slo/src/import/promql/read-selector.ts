import type { SyntaxNode } from '@lezer/common';
import type { LabelMatcher } from '../../metric-selector.js';
import { isRefusal, Refusal } from '../refusal.js';
import type { SelectorExpression } from './expression.js';
import { readStringLiteral } from './string-literal.js';

const NAME = '__name__';

/** `metric{label="value"}`; the metric may also be given as `__name__` or as a quoted name in the braces. */
export function readSelector(node: SyntaxNode, query: string): SelectorExpression | Refusal {
  const text = (part: SyntaxNode): string => query.slice(part.from, part.to);
  const identifier = node.getChild('Identifier');
  const names = identifier === null ? [] : [text(identifier)];
  const match: LabelMatcher[] = [];
  for (
    let part = node.getChild('LabelMatchers')?.firstChild ?? null;
    part !== null;
    part = part.nextSibling
  ) {
    const matcher = readMatcher(part, text);
    if (isRefusal(matcher)) {
      return matcher;
    }
    if (matcher.label !== NAME) {
      match.push(matcher);
    } else if (matcher.op === '=') {
      names.push(matcher.value);
    } else {
      return new Refusal(
        `selects metrics by ${NAME}${matcher.op}"${matcher.value}", and an SLI reads one metric; write an SLO for each`,
      );
    }
  }
  const [metric, ...more] = new Set(names);
  if (metric === undefined || metric === '' || more.length > 0) {
    return new Refusal(
      `names ${more.length > 0 ? `several metrics (${names.join(', ')})` : 'no metric'} in ${text(node)}; a selector must name one`,
    );
  }
  return { kind: 'selector', metric, match };
}

function readMatcher(part: SyntaxNode, text: (node: SyntaxNode) => string): LabelMatcher | Refusal {
  const quoted = part.name === 'QuotedLabelName' ? part : part.getChild('QuotedLabelName');
  const label = quoted === null ? text(part.getChild('LabelName') ?? part) : readStringLiteral(text(quoted));
  if (isRefusal(label)) {
    return label;
  }
  const literal = part.name === 'QuotedLabelName' ? null : part.getChild('StringLiteral');
  if (literal === null) {
    return { label: NAME, op: '=', value: label };
  }
  const value = readStringLiteral(text(literal));
  if (isRefusal(value)) {
    return value;
  }
  const op = part.getChild('MatchOp');
  return { label, op: (op === null ? '=' : text(op)) as LabelMatcher['op'], value };
}
