/** One `declaration` node → one declaration. */
import type { CstNode, IToken } from 'chevrotain';
import type { Span } from '../../diagnostics/diagnostic.ts';
import { decodeString } from '../literals.ts';
import type { Axis, Declaration, Field, Name, PolicyReference, StringExpression } from '../tree.ts';
import { nameOf, node, nodeSpan, nodes, type Source, token, tokenSpan, words } from './cst.ts';
import { buildArguments, buildExpression, buildSetting, buildSettings, buildValue, valuePlace } from './expressions.ts';
import { buildBody } from './items.ts';
import { buildPolicyItems } from './policies.ts';
import { buildExternParameters, buildParameters, buildType, typeOrHole } from './types.ts';

/** Null when not even its kind is known. */
export function buildDeclaration(source: Source, cst: CstNode, doc: string): Declaration | null {
  const kind = Object.keys(cst.children)[0];
  const inner = kind === undefined ? undefined : node(cst, kind);
  if (inner === undefined) return null;
  const span = nodeSpan(source, inner, { file: source.file, start: 0, end: 0 });
  const name = declaredName(source, node(inner, 'declaredName'), {
    ...span,
    start: Math.min(span.end, span.start + inner.name.length),
  });
  const parameters = buildParameters(source, node(inner, 'parameters'));
  switch (inner.name) {
    case 'import': {
      const list = node(inner, 'importNames');
      const names = (list === undefined ? [] : nodes(list, 'declaredName')).map((n) => declaredName(source, n, span));
      return { kind: 'import', doc, span, names, from: stringOf(source, token(inner, 'String'), span) };
    }
    case 'network':
      return {
        kind: 'network',
        doc,
        span,
        name,
        parameters,
        with: policyReference(source, inner),
        body: buildBody(source, node(inner, 'body')),
      };
    case 'block':
      return { kind: 'block', doc, span, name, parameters, body: buildBody(source, node(inner, 'body')) };
    case 'policy': {
      const items = buildPolicyItems(source, node(inner, 'policyBody'));
      return { kind: 'policy', doc, span, name, parameters, extends: policyReference(source, inner), items };
    }
    case 'data': {
      const items = nodesIn(node(inner, 'dataBody'), 'dataItem');
      const settings = items
        .flatMap((item) => nodes(item, 'setting'))
        .map((setting) => buildSetting(source, setting, span));
      const groups = items.flatMap((item) => nodes(item, 'fieldGroup')).flatMap((group) => nodes(group, 'fields'));
      return {
        kind: 'data',
        doc,
        span,
        name,
        settings,
        fields: groups.flatMap((g) => nodes(g, 'field')).map((f) => buildField(source, f, span)),
      };
    }
    case 'train':
      return { kind: 'train', doc, span, name, settings: buildSettings(source, node(inner, 'settings'), span) };
    case 'sweep':
    case 'search': {
      const items = nodesIn(node(inner, 'studyBody'), 'studyItem');
      const settings = items
        .flatMap((item) => nodes(item, 'setting'))
        .map((setting) => buildSetting(source, setting, span));
      const groups = items.flatMap((item) => nodes(item, 'axisGroup')).flatMap((group) => nodes(group, 'axes'));
      return {
        kind: inner.name,
        doc,
        span,
        name,
        settings,
        over: groups.flatMap((g) => nodes(g, 'axis')).map((a) => buildAxis(source, a, span)),
      };
    }
    case 'extern':
      return {
        kind: 'extern',
        doc,
        span,
        what: token(inner, 'Loss') === undefined ? 'layer' : 'loss',
        name,
        parameters: buildExternParameters(source, node(inner, 'externParameters')),
        result: token(inner, 'Arrow') === undefined ? null : typeOrHole(source, node(inner, 'type'), inner),
        from: stringOf(source, token(inner, 'String'), span),
      };
    case 'loss': {
      const end = { ...span, start: span.end };
      return {
        kind: 'loss',
        doc,
        span,
        name,
        parameters,
        value: buildExpression(source, node(inner, 'expression'), end),
      };
    }
    default:
      return null;
  }
}

const nodesIn = (parent: CstNode | undefined, rule: string): readonly CstNode[] =>
  parent === undefined ? [] : nodes(parent, rule);

const declaredName = (source: Source, cst: CstNode | undefined, at: Span): Name =>
  nameOf(source, cst === undefined ? undefined : words(cst)[0], at);

function stringOf(source: Source, string: IToken | undefined, at: Span): StringExpression | null {
  if (string === undefined) return null;
  return { kind: 'string', value: decodeString(string.image).value, span: tokenSpan(source, string, at) };
}

function policyReference(source: Source, parent: CstNode): PolicyReference | null {
  const cst = node(parent, 'policyReference');
  const name = cst === undefined ? undefined : token(cst, 'Identifier');
  if (cst === undefined || name === undefined || name.image === '') return null;
  const span = nodeSpan(source, cst, { file: source.file, start: 0, end: 0 });
  return { name: nameOf(source, name, span), arguments: buildArguments(source, node(cst, 'arguments')), span };
}

function buildField(source: Source, cst: CstNode, at: Span): Field {
  const span = nodeSpan(source, cst, at);
  const name = nameOf(source, token(cst, 'AnyName'), span);
  const type = node(cst, 'fieldType');
  const tensor = type === undefined ? undefined : node(type, 'tensorField');
  if (tensor !== undefined) {
    const built = buildType(source, node(tensor, 'type'));
    const preprocessing =
      token(tensor, 'Assign') === undefined
        ? null
        : buildExpression(source, node(tensor, 'expression'), { ...span, start: span.end });
    return { name, type: built === null ? null : { kind: 'tensor', type: built }, preprocessing, span };
  }
  const value = type === undefined ? undefined : node(type, 'expression');
  return {
    name,
    type: value === undefined ? null : { kind: 'value', value: buildExpression(source, value, span) },
    preprocessing: null,
    span,
  };
}

function buildAxis(source: Source, cst: CstNode, at: Span): Axis {
  const span = nodeSpan(source, cst, at);
  const path = node(cst, 'dotted');
  return {
    path: path === undefined ? [] : words(path).map((word) => nameOf(source, word, span)),
    values: buildValue(source, node(cst, 'value'), valuePlace(source, token(cst, 'Colon'), span)),
    span,
  };
}
