/**
 * One node, one statement: `const conv1 = conv2d(image, params.conv1.kernel, { padding: 'valid' });`
 *
 * The convention is the same for every op, so a new op needs nothing here:
 *   kernel(required operands…, { optional operands, attributes that differ from their default })
 *
 * Slots of an optimizer that follow each other are passed as the object that holds them: `optimizer.conv1.kernel` for its m and v.
 */
import type { Node, Ref } from '../../ir/graph.ts';
import { isNone } from '../../ir/op.ts';
import { opOf } from '../../ir/ops/index.ts';
import { externCall } from './externs.ts';
import type { Imports } from './imports.ts';
import { call, filled, object } from './lines.ts';
import { literal } from './literal.ts';
import type { Names } from './names.ts';

export interface Scope {
  readonly names: Names;
  readonly imports: Imports;
}

/** `remark`: how long what stands behind the statement is; with it a line may be a little wider than without. */
export function statement(node: Node, { names, imports }: Scope, remark = 0): string {
  const op = opOf(node);
  if (isNone(op.kernel)) throw new Error(`\`${op.kind}\` cannot be emitted: ${op.kernel.none}`);
  const required: string[] = [];
  const options: [string, string][] = [];
  op.operands.forEach((spec, i) => {
    if (spec.endsWith('...')) {
      required.push(
        `[${node.operands
          .slice(i)
          .flatMap((ref) => (ref === null ? [] : [names.of(ref)]))
          .join(', ')}]`,
      );
      return;
    }
    const ref = node.operands[i] ?? null;
    if (!spec.endsWith('?')) {
      const value = ref === null ? 'null' : names.of(ref);
      const holder = holderOf(value, spec);
      if (holder === null) required.push(value);
      else if (required.at(-1) !== holder) required.push(holder);
    } else if (ref !== null) options.push([spec.slice(0, -1), names.of(ref)]);
  });
  const own = externCall(node, imports);
  if (own !== null) {
    required.unshift(own.module);
    options.push(...own.options.map(([key, value]): [string, string] => [key, value]));
  }
  for (const [key, spec] of own === null ? Object.entries(op.attrs) : []) {
    const value = node.attrs[key];
    if (op.unread?.includes(key) === true) continue;
    if (literal(value) !== literal(spec.default)) options.push([key, literal(value)]);
  }
  const left = declaration(node, op.results, names);
  const args = options.length === 0 ? required : [...required, object(options)];
  const begun = left.length - (left.lastIndexOf('\n') + 1);
  const flat = Math.min(width, widest - remark);
  return `${left}${call(imports.runtime(op.kernel), args, flat - begun, width - begun)};`;
}

/** Columns of a statement, and of one on a single line together with what stands behind it. */
const width = 116;
const widest = 126;

/** `optimizer.conv1.kernel` for its slot of the operand's name; null for anything else. */
const holderOf = (value: string, operand: string): string | null =>
  value.startsWith('optimizer.') && value.endsWith(`.${operand}`) ? value.slice(0, value.lastIndexOf('.')) : null;

/** `const conv1 = `, `const { y: norm1, mean } = `, or nothing for an op that only writes. */
function declaration(node: Node, resultNames: readonly string[], names: Names): string {
  const [only, ...more] = node.results;
  if (only === undefined) return '';
  if (more.length === 0) return `const ${names.of(only.ref)} = `;
  const parts = object(node.results.map((r, i) => [resultNames[i] ?? String(i), names.of(r.ref)]));
  return parts.length <= 96 ? `const ${parts} = ` : `const {\n${filled(parts.slice(2, -2))}\n} = `;
}

/** `conv1.dispose();`, or `dispose(conv1, mask1);` for several. */
export function disposal(refs: readonly Ref[], { names, imports }: Scope): string | null {
  const [first, ...more] = refs.map((ref) => names.of(ref));
  if (first === undefined) return null;
  return more.length === 0 ? `${first}.dispose();` : `${call(imports.runtime('dispose'), [first, ...more], width)};`;
}
