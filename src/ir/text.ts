/**
 * The text form of a graph: one node a line, in execution order, with shapes. What goldens and `passes --dump` show.
 *
 *   graph LeNet infer (%image: f32[N,28,28,1]) {
 *     param @conv1.kernel : f32[5,5,1,6] = glorot_uniform {fanIn=25 fanOut=150}
 *     %conv1 = conv2d %image @conv1.kernel _ {padding="valid"} : f32[N,24,24,6]  !conv1
 *     return logits=%conv1
 *   }
 *
 * `frozen` before storage: it stays as it begins; `bounded`: a constraint holds its norm. `_` is an operand left out; attributes that equal their default are left out; `!` names the layer. Values are JSON.
 */
import type { AttrValue, AttrValues, Dtype, Graph, Initial, Node, ValueType } from './graph.ts';
import { isOpKind, ops } from './ops/index.ts';

export { parseGraph, TextError } from './parse-text.ts';

const dtypeNames = { float32: 'f32', int32: 'i32', bool: 'bool', host: 'host' } as const satisfies Record<
  Dtype,
  string
>;

export function printGraph(graph: Graph): string {
  const inputs = graph.inputs.map((i) => `${i.ref}: ${printType(i.type)}`).join(', ');
  const lines = [
    ...graph.storage.map(
      (s) =>
        `${s.frozen === true ? 'frozen ' : ''}${s.bounded === true ? 'bounded ' : ''}${s.kind} ${s.ref} : ${printType(s.type)} = ${printInitial(s.init)}`,
    ),
    ...graph.nodes.map(printNode),
    `return ${graph.outputs.map((o) => `${o.name}=${o.ref}`).join(' ')}`.trimEnd(),
  ];
  return [`graph ${graph.name} ${graph.stage} (${inputs}) {`, ...lines.map((line) => `  ${line}`), '}', ''].join('\n');
}

export function printNode(node: Node): string {
  const left = node.results.length === 0 ? '' : `${node.results.map((r) => r.ref).join(' ')} = `;
  const right = [node.op, ...node.operands.map((ref) => ref ?? '_'), ...printAttrs(withoutDefaults(node))].join(' ');
  const types = node.results.length === 0 ? '' : ` : ${node.results.map((r) => printType(r.type)).join(' ')}`;
  return `${left}${right}${types}${node.layer === '' ? '' : `  !${node.layer}`}`;
}

export const printType = (type: ValueType): string =>
  type.dtype === 'host' ? 'host' : `${dtypeNames[type.dtype]}[${type.shape.join(',')}]`;

const printInitial = (init: Initial): string => [init.kind, ...printAttrs(init.attrs)].join(' ');

/** `{stride=[2,2] padding="valid"}`, or nothing. */
function printAttrs(attrs: AttrValues): readonly string[] {
  const pairs = Object.entries(attrs).map(([key, value]) => `${key}=${printValue(value)}`);
  return pairs.length === 0 ? [] : [`{${pairs.join(' ')}}`];
}

/** JSON, and −0 with its sign. */
const printValue = (value: AttrValue): string =>
  isList(value) ? `[${value.map(printValue).join(',')}]` : Object.is(value, -0) ? '-0' : JSON.stringify(value);

const isList = (value: AttrValue): value is readonly AttrValue[] => Array.isArray(value);

function withoutDefaults(node: Node): AttrValues {
  if (!isOpKind(node.op)) return node.attrs;
  const specs: Readonly<Record<string, { readonly default?: AttrValue }>> = ops[node.op].attrs;
  const differs = ([key, value]: readonly [string, AttrValue]): boolean => {
    const fallback = specs[key]?.default;
    return fallback === undefined || printValue(fallback) !== printValue(value);
  };
  // In the order of declaration, so that equal nodes print alike.
  const order = [...Object.keys(specs), ...Object.keys(node.attrs).filter((key) => !(key in specs))];
  return Object.fromEntries(
    order.flatMap((key) => (key in node.attrs ? [[key, node.attrs[key] ?? null] as const] : [])).filter(differs),
  );
}
