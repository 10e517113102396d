/** Bodies of policies: fillings and rules with their selectors. */
import type { CstNode } from 'chevrotain';
import type { Span } from '../../diagnostics/diagnostic.ts';
import type { Bracket, PolicyItem, Selector, SelectorPart } from '../tree.ts';
import { nameOf, node, nodeSpan, nodes, type Source, token, words } from './cst.ts';
import { buildExpression, buildSettings, buildValue, valuePlace } from './expressions.ts';

/** Of a `policyBody` node (or none, after an error). */
export function buildPolicyItems(source: Source, cst: CstNode | undefined): readonly PolicyItem[] {
  return cst === undefined ? [] : nodes(cst, 'policyItem').flatMap((item) => buildPolicyItem(source, item) ?? []);
}

function buildPolicyItem(source: Source, cst: CstNode): PolicyItem | null {
  const span = nodeSpan(source, cst, { file: source.file, start: 0, end: 0 });
  const filling = node(cst, 'filling');
  if (filling !== undefined) {
    const place = valuePlace(source, token(filling, 'Colon'), span);
    return {
      kind: 'filling',
      slot: nameOf(source, token(filling, 'AnyName'), span),
      optional: token(filling, 'Question') !== undefined,
      value: buildValue(source, node(filling, 'value'), place),
      span,
    };
  }
  const rule = node(cst, 'rule');
  if (rule === undefined) return null;
  const selectors = nodes(rule, 'selector').flatMap((selector) => buildSelector(source, selector) ?? []);
  return { kind: 'rule', selectors, settings: buildSettings(source, node(rule, 'settings'), span), span };
}

/** Null when nothing of it could be read. */
function buildSelector(source: Source, cst: CstNode): Selector | null {
  const span = nodeSpan(source, cst, { file: source.file, start: 0, end: 0 });
  const written = nodes(cst, 'selectorPart');
  const parts = written.flatMap((part) => buildPart(source, part, span) ?? []);
  return parts.length === 0
    ? null
    : { parts, optional: written.some((part) => token(part, 'Question') !== undefined), span };
}

function buildPart(source: Source, cst: CstNode, at: Span): SelectorPart | null {
  const dotted = node(cst, 'dotted');
  if (dotted === undefined) return null;
  return {
    // A name behind brackets has been reported; with an empty one the selector is known to be broken.
    names: [
      ...words(dotted).map((word) => nameOf(source, word, at)),
      ...(token(cst, 'AnyName') === undefined ? [] : [{ text: '', span: at }]),
    ],
    brackets: nodes(cst, 'bracket').flatMap((bracket) => buildBracket(source, bracket, at) ?? []),
    span: nodeSpan(source, cst, at),
  };
}

function buildBracket(source: Source, cst: CstNode, at: Span): Bracket | null {
  const span = nodeSpan(source, cst, at);
  const condition = node(cst, 'condition');
  if (condition === undefined) return null;
  if (token(condition, 'First') !== undefined) return { kind: 'first', span };
  if (token(condition, 'Last') !== undefined) return { kind: 'last', span };
  const index = token(condition, 'Number');
  if (index !== undefined) return { kind: 'index', index: Number(index.image), span };
  const except = node(condition, 'except');
  if (except !== undefined) {
    const inner = node(except, 'selector');
    const selector = inner === undefined ? null : buildSelector(source, inner);
    return selector === null ? null : { kind: 'not', selector, span };
  }
  const attribute = node(condition, 'attribute');
  const key = attribute === undefined ? undefined : token(attribute, 'AnyName');
  if (attribute === undefined || key === undefined) return null;
  const value = buildExpression(
    source,
    node(attribute, 'expression'),
    valuePlace(source, token(attribute, 'Colon'), span),
  );
  return { kind: 'attribute', key: nameOf(source, key, span), value, span };
}
