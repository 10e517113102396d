/** Types of tensors, and parameters. */
import type { CstNode } from 'chevrotain';
import type { Dimension, ExternParameter, Parameter, Type } from '../tree.ts';
import { nameOf, node, nodeSpan, nodes, type Source, token } from './cst.ts';
import { buildExpression } from './expressions.ts';

/** Null when there is none, or none that is complete enough. */
export function buildType(source: Source, cst: CstNode | undefined): Type | null {
  const dtype = cst === undefined ? undefined : token(cst, 'Identifier');
  const list = cst === undefined ? undefined : node(cst, 'dimensions');
  if (cst === undefined || dtype === undefined || list === undefined || token(list, 'LBracket') === undefined)
    return null;
  const span = nodeSpan(source, cst, { file: source.file, start: 0, end: 0 });
  const dimensions = nodes(list, 'dimension').map((dimension): Dimension => {
    const place = nodeSpan(source, dimension, span);
    const rest = node(dimension, 'rest');
    if (rest !== undefined) return { kind: 'rest', name: nameOf(source, token(rest, 'AnyName'), place), span: place };
    return { kind: 'size', value: buildExpression(source, node(dimension, 'expression'), place), span: place };
  });
  return { dtype: nameOf(source, dtype, span), dimensions, span };
}

/** A type without a name where one was begun and is not complete; that has been reported. */
export function typeOrHole(source: Source, cst: CstNode | undefined, around: CstNode): Type {
  const span = nodeSpan(source, around, { file: source.file, start: 0, end: 0 });
  return buildType(source, cst) ?? { dtype: nameOf(source, undefined, span), dimensions: [], span };
}

/** Of a `parameters` node, or of none. */
export function buildParameters(source: Source, cst: CstNode | undefined): readonly Parameter[] {
  return cst === undefined
    ? []
    : nodes(cst, 'parameter').flatMap((parameter) => buildParameter(source, parameter) ?? []);
}

export function buildExternParameters(source: Source, cst: CstNode | undefined): readonly ExternParameter[] {
  if (cst === undefined) return [];
  const typeOf = (parameter: CstNode): Type | null => {
    const annotation = node(parameter, 'annotation');
    return annotation === undefined ? null : typeOrHole(source, node(annotation, 'type'), annotation);
  };
  return nodes(cst, 'externParameter').flatMap((parameter) => {
    const plain = buildParameter(source, parameter);
    return plain === null ? [] : { ...plain, type: typeOf(parameter) };
  });
}

function buildParameter(source: Source, cst: CstNode): Parameter | null {
  const name = token(cst, 'AnyName');
  if (name === undefined) return null;
  const span = nodeSpan(source, cst, { file: source.file, start: 0, end: 0 });
  const given = node(cst, 'default');
  return {
    name: nameOf(source, name, span),
    default:
      given === undefined ? null : buildExpression(source, node(given, 'expression'), { ...span, start: span.end }),
    span,
  };
}
