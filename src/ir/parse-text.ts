/** Reads the text form of a graph back. A developer's form: the first error is thrown, with its line. */
import type {
  AttrValue,
  AttrValues,
  Dim,
  Dtype,
  Graph,
  Initial,
  Input,
  Node,
  Output,
  Ref,
  Result,
  Stage,
  Storage,
  StorageKind,
  ValueType,
} from './graph.ts';
import { withDefaults } from './op.ts';
import { isOpKind, ops } from './ops/index.ts';

export class TextError extends Error {
  /** Counted from 1. */
  readonly line: number;
  constructor(line: number, message: string) {
    super(`line ${line}: ${message}`);
    this.name = 'TextError';
    this.line = line;
  }
}

const stages: readonly Stage[] = ['model', 'train', 'step', 'infer'];
const kinds: readonly StorageKind[] = ['param', 'state', 'slot'];
const dtypes: Readonly<Record<string, Dtype>> = { f32: 'float32', i32: 'int32', bool: 'bool', host: 'host' };

export function parseGraph(text: string): Graph {
  const lines = text
    .split('\n')
    .map((line, i) => new Line(line, i + 1))
    .filter((line) => !line.atEnd);
  const [first, ...rest] = lines;
  if (first === undefined) throw new TextError(1, 'expected `graph`, found nothing');
  const { name, stage, inputs } = parseHeader(first);
  const storage: Storage[] = [];
  const nodes: Node[] = [];
  let outputs: readonly Output[] | null = null;
  for (const [i, line] of rest.entries()) {
    if (line.accept('}')) {
      line.end();
      rest[i + 1]?.fail('expected nothing after the graph');
      const returned = outputs ?? line.fail('expected `return` before `}`');
      return { name, stage, inputs, storage, nodes, outputs: returned };
    }
    if (outputs !== null) line.fail('expected `}` after `return`');
    const marked = (mark: 'frozen' | 'bounded'): boolean => line.peekWord() === mark && line.word(mark) === mark;
    const frozen = marked('frozen');
    const bounded = marked('bounded');
    const word = line.peekWord();
    const kind = kinds.find((k) => k === word);
    if (kind !== undefined)
      storage.push({ ...parseStorage(line, kind), ...(frozen ? { frozen } : {}), ...(bounded ? { bounded } : {}) });
    else if (frozen || bounded) line.fail(`expected ${kinds.join(', ')} after \`${bounded ? 'bounded' : 'frozen'}\``);
    else if (word === 'return') outputs = parseReturn(line);
    else nodes.push(parseNode(line));
  }
  throw new TextError(lines.at(-1)?.number ?? 1, 'expected `}` at the end');
}

function parseHeader(line: Line): { readonly name: string; readonly stage: Stage; readonly inputs: readonly Input[] } {
  line.word('graph');
  const name = line.word();
  const word = line.word();
  const stage = stages.find((s) => s === word) ?? line.fail(`expected a stage (${stages.join(', ')}), found ${word}`);
  const inputs: Input[] = [];
  line.expect('(');
  while (!line.accept(')')) {
    if (inputs.length > 0) line.expect(',');
    const ref = line.ref();
    line.expect(':');
    inputs.push({ ref, type: parseType(line) });
  }
  line.expect('{');
  line.end();
  return { name, stage, inputs };
}

function parseStorage(line: Line, kind: StorageKind): Storage {
  line.word(kind);
  const ref = line.ref();
  line.expect(':');
  const type = parseType(line);
  line.expect('=');
  const init: Initial = { kind: line.word(), attrs: parseAttrs(line) };
  line.end();
  return { ref, kind, type, init };
}

function parseNode(line: Line): Node {
  const refs: Ref[] = [];
  while (line.atRef) refs.push(line.ref());
  if (refs.length > 0) line.expect('=');
  const op = line.word();
  const operands: (Ref | null)[] = [];
  while (line.atRef || line.at('_')) operands.push(line.accept('_') ? null : line.ref());
  const given = parseAttrs(line);
  // Attributes that the op does not have are kept, for the verifier to name.
  const attrs = isOpKind(op) ? { ...withDefaults(ops[op].attrs, given), ...given } : given;
  const results: Result[] = [];
  if (refs.length > 0) {
    line.expect(':');
    for (const ref of refs) results.push({ ref, type: parseType(line) });
  }
  const layer = line.accept('!') ? line.word() : '';
  line.end();
  return { op, operands, attrs, results, layer };
}

function parseReturn(line: Line): readonly Output[] {
  line.word('return');
  const outputs: Output[] = [];
  while (!line.atEnd) {
    const name = line.word();
    line.expect('=');
    outputs.push({ name, ref: line.ref() });
  }
  return outputs;
}

function parseType(line: Line): ValueType {
  const word = line.word();
  const dtype = Object.hasOwn(dtypes, word) ? dtypes[word] : undefined;
  if (dtype === undefined) line.fail(`expected a type (${Object.keys(dtypes).join(', ')}), found ${word}`);
  if (dtype === 'host') return { dtype, shape: [] };
  const shape: Dim[] = [];
  line.expect('[');
  while (!line.accept(']')) {
    if (shape.length > 0) line.expect(',');
    const dim = line.dim();
    shape.push(/^\d+$/.test(dim) ? Number(dim) : dim);
  }
  return { dtype, shape };
}

function parseAttrs(line: Line): AttrValues {
  const attrs: [string, AttrValue][] = [];
  if (!line.accept('{')) return {};
  while (!line.accept('}')) {
    const key = line.word();
    line.expect('=');
    attrs.push([key, parseValue(line)]);
  }
  return Object.fromEntries(attrs);
}

function parseValue(line: Line): AttrValue {
  if (!line.accept('[')) return line.scalar();
  const items: AttrValue[] = [];
  while (!line.accept(']')) {
    if (items.length > 0) line.expect(',');
    items.push(parseValue(line));
  }
  return items;
}

/** One line of text and how far it has been read. */
class Line {
  readonly number: number;
  readonly #text: string;
  #at = 0;

  constructor(text: string, number: number) {
    this.#text = text.trim();
    this.number = number;
  }

  /** Reads what matches here, after spaces. */
  #match(pattern: RegExp): string | undefined {
    const rest = this.#rest;
    const found = pattern.exec(rest)?.[0];
    if (found !== undefined) this.#at = this.#text.length - rest.length + found.length;
    return found;
  }

  get #rest(): string {
    return this.#text.slice(this.#at).trimStart();
  }

  get atEnd(): boolean {
    return this.#rest === '';
  }

  get atRef(): boolean {
    return /^[%@]/.test(this.#rest);
  }

  at(mark: string): boolean {
    return this.#rest.startsWith(mark);
  }

  accept(mark: string): boolean {
    if (!this.at(mark)) return false;
    this.#match(/^./);
    return true;
  }

  expect(mark: string): void {
    if (!this.accept(mark)) this.fail(`expected \`${mark}\`, found ${this.#found}`);
  }

  peekWord(): string {
    return /^[\w.$-]+/.exec(this.#rest)?.[0] ?? '';
  }

  /** A name or a number; this very one when it is given. */
  word(wanted?: string): string {
    const found = this.#match(/^[\w.$-]+/);
    if (found === undefined || (wanted !== undefined && found !== wanted)) {
      return this.fail(`expected ${wanted === undefined ? 'a name' : `\`${wanted}\``}, found ${found ?? this.#found}`);
    }
    return found;
  }

  /** A size: a number, a symbol, or a name derived from symbols. */
  dim(): string {
    return this.#match(/^[^\s,\]]+/) ?? this.fail(`expected a size, found ${this.#found}`);
  }

  ref(): Ref {
    const found = this.#match(/^[%@][\w.$-]+/);
    // The pattern is that of a Ref.
    return found === undefined ? this.fail(`expected %value or @storage, found ${this.#found}`) : (found as Ref);
  }

  /** A JSON value that is no list. */
  scalar(): AttrValue {
    const found = this.#match(/^("(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/);
    if (found === undefined) return this.fail(`expected a value, found ${this.#found}`);
    // The pattern lets through null, booleans, numbers and strings only.
    return JSON.parse(found) as AttrValue;
  }

  end(): void {
    if (!this.atEnd) this.fail(`expected the end of the line, found ${this.#found}`);
  }

  get #found(): string {
    return this.atEnd ? 'the end of the line' : `\`${this.#rest.slice(0, 20)}\``;
  }

  fail(message: string): never {
    throw new TextError(this.number, message);
  }
}
