/** Bodies of networks and blocks. */
import type { CstNode, IToken } from 'chevrotain';
import { syntax } from '../../diagnostics/catalog/syntax.ts';
import type { Span } from '../../diagnostics/diagnostic.ts';
import { maxDepth } from '../brackets.ts';
import type { IfStep, Item, JoinStep, StepCore, StepItem } from '../tree.ts';
import { nameOf, node, nodeSpan, nodes, type Source, token, tokenSpan, tokens, words } from './cst.ts';
import { buildArguments, buildExpression } from './expressions.ts';
import { buildType } from './types.ts';

/** Of a `body` node (or none, after an error). */
export function buildBody(source: Source, cst: CstNode | undefined): readonly Item[] {
  return cst === undefined ? [] : nodes(cst, 'items').flatMap((items) => buildItems(source, items));
}

function buildItems(source: Source, cst: CstNode): readonly Item[] {
  return nodes(cst, 'item').flatMap((item) => buildItem(source, item) ?? []);
}

/** Null for what is too incomplete to mean anything; it has been reported. */
function buildItem(source: Source, cst: CstNode): Item | null {
  const span = nodeSpan(source, cst, { file: source.file, start: 0, end: 0 });
  const input = node(cst, 'inputItem');
  if (input !== undefined) {
    const name = token(input, 'AnyName');
    if (name === undefined) return null;
    return { kind: 'input', name: nameOf(source, name, span), type: buildType(source, node(input, 'type')), span };
  }
  const output = node(cst, 'outputItem');
  const step = output ?? node(cst, 'step');
  return step === undefined ? null : buildStep(source, step, output !== undefined);
}

function buildStep(source: Source, cst: CstNode, output: boolean): StepItem | null {
  const span = nodeSpan(source, cst, { file: source.file, start: 0, end: 0 });
  const label = node(cst, 'label');
  const as = node(cst, 'as');
  const name = (of: CstNode | undefined): StepItem['label'] => {
    const word = of === undefined ? undefined : words(of)[0];
    return word === undefined ? null : nameOf(source, word, span);
  };
  const core = buildCore(source, node(cst, 'core'));
  if (core === null) return null;
  return { kind: 'step', label: name(label), output, core, as: name(as), span };
}

function buildCore(source: Source, cst: CstNode | undefined): StepCore | null {
  if (cst === undefined) return null;
  const span = nodeSpan(source, cst, { file: source.file, start: 0, end: 0 });
  if (token(cst, 'Identity') !== undefined) return { kind: 'identity', span };
  const call = node(cst, 'call');
  if (call !== undefined) {
    const called = node(call, 'arguments');
    return {
      kind: 'call',
      name: nameOf(source, token(call, 'Identifier'), span),
      arguments: buildArguments(source, called),
      parentheses: called !== undefined,
      span,
    };
  }
  const body = node(cst, 'body');
  if (body !== undefined) return { kind: 'stage', body: buildBody(source, body), span };
  const join = node(cst, 'join');
  if (join !== undefined) return buildJoin(source, join, span);
  const repeat = node(cst, 'repeat');
  if (repeat !== undefined) {
    const count = buildExpression(source, node(repeat, 'expression'), behind(source, token(repeat, 'Repeat'), span));
    return { kind: 'repeat', count, body: buildBody(source, node(repeat, 'body')), span };
  }
  const loop = node(cst, 'for');
  if (loop !== undefined) {
    const list = node(loop, 'forNames');
    const names =
      list === undefined ? tokens(loop, 'AnyName') : nodes(list, 'forName').flatMap((n) => token(n, 'AnyName') ?? []);
    return {
      kind: 'for',
      names: names.map((name) => nameOf(source, name, span)),
      unpacks: list !== undefined,
      in: buildExpression(source, node(loop, 'expression'), behind(source, token(loop, 'In'), span)),
      body: buildBody(source, node(loop, 'body')),
      span,
    };
  }
  const condition = node(cst, 'if');
  if (condition !== undefined) return buildIf(source, condition, span);
  const from = node(cst, 'from');
  const again = node(cst, 'again');
  const name =
    from !== undefined ? token(from, 'AnyName') : again !== undefined ? token(again, 'Identifier') : undefined;
  return name === undefined
    ? null
    : { kind: from !== undefined ? 'from' : 'again', name: nameOf(source, name, span), span };
}

function buildJoin(source: Source, cst: CstNode, span: Span): JoinStep | null {
  const join = token(cst, 'JoinKind')?.image;
  if (join !== 'sum' && join !== 'mul' && join !== 'concat' && join !== 'choose') return null;
  const paths = node(cst, 'paths');
  const all = paths === undefined ? [] : nodes(paths, 'path');
  // A path without any steps has been reported: its bar is one too many, unless nothing would be left to join.
  const full = all.filter((path) => nodes(path, 'item').length > 0);
  const drawn = full.length < 2 ? all : full;
  return {
    kind: 'join',
    join,
    paths: drawn.map((path) => ({ items: buildItems(source, path), span: nodeSpan(source, path, span) })),
    span,
  };
}

/** `else if` becomes a body with one `if` step. */
function buildIf(source: Source, cst: CstNode, span: Span): IfStep {
  const elseIfs = nodes(cst, 'elseIf');
  const room = Math.max(0, maxDepth - source.unbracketed);
  const excess = elseIfs[room];
  if (excess !== undefined) source.report(syntax.tooDeep.at(nodeSpan(source, excess, span), { limit: maxDepth }));

  const build = (branch: CstNode, place: Span, next: number): IfStep => {
    const condition = buildExpression(source, node(branch, 'expression'), behind(source, token(branch, 'If'), place));
    const body = buildBody(source, node(branch, 'body'));
    const following = next < room ? elseIfs[next] : undefined;
    const last = next === elseIfs.length ? node(cst, 'else') : undefined;
    let orElse: readonly Item[] | null = null;
    source.unbracketed++;
    if (following !== undefined) {
      // It reaches to the end of the chain, as the `if` step that it stands for.
      const start = token(following, 'If')?.startOffset ?? span.start;
      const core = build(following, { ...span, start }, next + 1);
      orElse = [{ kind: 'step', label: null, output: false, core, as: null, span: core.span }];
    } else if (last !== undefined) {
      orElse = buildBody(source, node(last, 'body'));
    }
    source.unbracketed--;
    // biome-ignore lint/suspicious/noThenProperty: the word of the language; trees are never awaited.
    return { kind: 'if', condition, then: body, else: orElse, span: place };
  };
  return build(cst, span, 0);
}

const behind = (source: Source, word: IToken | undefined, span: Span): Span => {
  const end = word === undefined ? span.start : tokenSpan(source, word, span).end;
  return { ...span, start: end, end };
};
