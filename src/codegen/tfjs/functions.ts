/** Bodies of `step`, `applyUpdate`, `inspect`, `probe`, `measure`, `evaluate`, `freeze` and `predict`: one statement a node, each value freed after its last use. */
import type { Graph, Node, Ref } from '../../ir/graph.ts';
import { opOf, ops } from '../../ir/ops/index.ts';
import type { Probed } from '../../passes/inspection.ts';
import type { FrozenSplit, Program } from '../../passes/lifetimes.ts';
import { moduleNames } from './externs.ts';
import type { Imports } from './imports.ts';
import { Body, filled, object } from './lines.ts';
import { literal, property, shapeText, text } from './literal.ts';
import { Names } from './names.ts';
import { disposal, type Scope, statement } from './statement.ts';
import { nestedObject } from './types.ts';

/** Names at module level, and parameters of the emitted functions: no variable may hide them. */
const outer = [
  'init',
  'initOptimizer',
  'step',
  'applyUpdate',
  'inspect',
  'probe',
  'measure',
  'evaluate',
  'freeze',
  'predict',
  'sample',
  'drawn',
  'params',
  'state',
  'optimizer',
  'training',
  'batch',
  'batches',
  'look',
  'see',
  'lossOf',
  'outputs',
  'targets',
  'w',
  'seed',
  '_params',
  '_state',
  '_seed',
  '_w',
];

/** Names for the values of a function: storage as property paths, kernels out of reach. */
export function scopeOf(graph: Graph, imports: Imports): Scope {
  const kernels = graph.nodes.map((node) => opOf(node).kernel).filter((kernel) => typeof kernel === 'string');
  const names = new Names([
    ...outer,
    ...kernels,
    'dispose',
    'keep',
    'zeros',
    'snapshot',
    ...moduleNames(graph, imports, outer),
  ]);
  const roots = { param: 'params', state: 'state', slot: 'optimizer' } as const;
  for (const s of graph.storage) names.bind(s.ref, `${roots[s.kind]}.${s.ref.slice(1)}`);
  // Inputs keep the spelling of the spec: they are parameters, and fields of a batch.
  for (const { ref } of graph.inputs) if (!ref.includes('.')) names.of(ref, ref.slice(1));
  return { names, imports };
}

/** What stands behind a statement: the shape of its first result. */
const remarkOf = (node: Node): string => {
  const [first] = node.results;
  return first === undefined || first.type.dtype === 'host' || first.type.shape.length === 0
    ? ''
    : shapeText(first.type.shape);
};

/** The field of a batch: `%label`, or `%label.target` where a layer is called `label`. */
export const fieldOf = (ref: Ref): string => ref.slice(1).split('.')[0] ?? '';

/** `{ image, label } = batch`, with an alias where a field's name is taken. */
const destructured = (refs: readonly Ref[], { names }: Scope): string =>
  object(refs.map((ref) => [fieldOf(ref), names.of(ref)]));

const isHost = (graph: Graph, ref: Ref): boolean => graph.inputs.some((i) => i.ref === ref && i.type.dtype === 'host');

const reads = (graph: Graph): ReadonlySet<Ref> =>
  new Set(graph.nodes.flatMap((node) => node.operands.flatMap((ref) => (ref === null ? [] : [ref]))));

/** The parameter of `measure` that counts batches. */
const measured: Ref = '%batches';

/** `const { params, state, random } = training;` with what the graph reads, then the fields of the batch. */
function opening(graph: Graph, scope: Scope, body: Body): void {
  const read = reads(graph);
  const roots = (['param', 'state', 'slot'] as const).flatMap((kind) =>
    graph.storage.some((s) => s.kind === kind && read.has(s.ref))
      ? [{ param: 'params', state: 'state', slot: 'optimizer' }[kind]]
      : [],
  );
  const host = graph.inputs
    .filter((i) => isHost(graph, i.ref) && read.has(i.ref) && i.ref !== measured)
    .map((i): [string, string] => [i.ref.slice(1), scope.names.of(i.ref)]);
  body.add(`const ${object([...roots.map((r): [string, string] => [r, r]), ...host])} = training;`);
  const fields = graph.inputs.filter((i) => !isHost(graph, i.ref) && read.has(i.ref)).map((i) => i.ref);
  if (fields.length > 0) body.add(`const ${destructured(fields, scope)} = batch;`);
}

/**
 * The nodes before which the parts begin: up to loss and penalty, up to the last gradient of a parameter, the rest. Where gradients are
 * taken near the weights, there is a forward and a backward pass more between the last two.
 */
function sections(graph: Graph): ReadonlyMap<Node, string> {
  const gradients = new Set<string>(graph.storage.map((s) => `%d.${s.ref.slice(1)}`));
  const outputs = new Set<Ref>(graph.outputs.map((o) => o.ref));
  const lastOf = (wanted: ReadonlySet<string>): number =>
    graph.nodes.findLastIndex((node) => node.results.some((r) => wanted.has(r.ref)));
  const ascent = graph.nodes.findIndex((node) => ops.ascentScale.is(node));
  const third = graph.nodes.some((node) => node.op === ops.accumulate.kind) ? 'accumulate' : 'update';
  const starts: readonly (readonly [string, number])[] = [
    ['forward', 0],
    ['backward', lastOf(outputs) + 1],
    ...(ascent < 0 ? [] : [['up the gradient, forward and backward again', ascent] as const]),
    [third, lastOf(gradients) + 1],
  ];
  return new Map(
    starts.flatMap(([title, start]) => {
      const node = graph.nodes[start];
      return node === undefined ? [] : [[node, title] as const];
    }),
  );
}

/** With several outputs of the network, what the loss of one is called among the outputs of a step; of several rules, the penalty of one. */
const [lossOf, penaltyOf] = ['loss.', 'penalty.'];

/** Outputs of a step that are parts of a sum, by what they are part of: `{ label: lossLabel, mask: lossMask }`. */
const partsOf = ({ outputs }: Graph, prefix: string, { names }: Scope): readonly (readonly [string, string])[] =>
  outputs.filter((o) => o.name.startsWith(prefix)).map((o) => [property(o.name.slice(prefix.length)), names.of(o.ref)]);

export function stepBody(program: Program, imports: Imports): string {
  return reporting(program, imports, ['loss', 'penalty'], sections(program.graph));
}

/** The rest of a step whose gradients are accumulated. */
export function updateBody(program: Program, imports: Imports): string {
  return reporting(program, imports, ['penalty'], new Map());
}

/** Straight-line code, with titles before some nodes, that ends with a report of the wanted outputs. */
function reporting(
  program: Program,
  imports: Imports,
  wanted: readonly ('loss' | 'penalty')[],
  marks: ReadonlyMap<Node, string>,
): string {
  const { graph } = program;
  const scope = scopeOf(graph, imports);
  const body = new Body();
  opening(graph, scope, body);
  for (const { node, dispose } of program.statements) {
    const section = marks.get(node);
    if (section !== undefined) body.section(section);
    const remark = remarkOf(node);
    body.add(statement(node, scope, remark.length), remark);
    const freed = disposal(dispose, scope);
    if (freed !== null) body.add(freed);
  }
  body.add('');
  const output = (name: string): string => {
    const ref = graph.outputs.find((o) => o.name === name)?.ref;
    return ref === undefined ? 'null' : scope.names.of(ref);
  };
  const parts = { loss: ['losses', lossOf], penalty: ['penalties', penaltyOf] } as const;
  const report = wanted.flatMap((name): [string, string][] => {
    const [key, prefix] = parts[name];
    const each = partsOf(graph, prefix, scope);
    return [[name, output(name)], ...(each.length === 0 ? [] : [[key, object(each)] as [string, string]])];
  });
  const rate = graph.nodes.flatMap((n) => n.results).find((r) => r.ref === '%rate' && r.type.dtype === 'host');
  if (rate !== undefined) report.push(['rate', scope.names.of(rate.ref)]);
  const all = object(report);
  body.add(all.length <= 108 ? `return ${all};` : `return {\n${filled(all.slice(2, -2))}\n};`);
  return body.toString();
}

/** What `lossOf` returns: the loss, with several outputs that of each. */
export function lossesReturned(graph: Graph, scope: Scope): readonly (readonly [string, string])[] {
  const sum = graph.outputs.find((o) => o.name === 'loss')?.ref;
  const each = partsOf(graph, lossOf, scope);
  return [
    ...(sum === undefined ? [] : [['loss', scope.names.of(sum)] as const]),
    ...(each.length === 0 ? [] : [['losses', object(each)] as const]),
  ];
}

/** The forward pass of training; each layer's value is shown before it is freed. */
export function inspectBody(program: Program, imports: Imports): string {
  const { graph } = program;
  const scope = scopeOf(graph, imports);
  const body = new Body();
  opening(graph, scope, body);
  const last = new Map(
    graph.nodes.filter((n) => n.layer !== '' && n.results.length > 0).map((node) => [node.layer, node]),
  );
  for (const { node, dispose } of program.statements) {
    body.add(statement(node, scope));
    const value = node.results[0];
    const isLoss = graph.outputs.some((o) => o.name === 'loss' && o.ref === value?.ref);
    if (value !== undefined && (last.get(node.layer) === node || isLoss)) {
      body.add(`look(${text(isLoss ? 'loss' : node.layer)}, ${scope.names.of(value.ref)});`);
    }
    const freed = disposal(dispose, scope);
    if (freed !== null) body.add(freed);
  }
  const kept = disposal([...new Set(graph.outputs.map((o) => o.ref))], scope);
  if (kept !== null) body.add(kept);
  return body.toString();
}

/** Forward and backward pass; each value of a layer, its gradient and each gradient of a parameter is shown before it is freed. */
export function probeBody(program: Program, probed: readonly Probed[], imports: Imports): string {
  const { graph } = program;
  const scope = scopeOf(graph, imports);
  const body = new Body();
  opening(graph, scope, body);
  const shown = new Map<Ref, Probed[]>();
  for (const p of probed) shown.set(p.ref, [...(shown.get(p.ref) ?? []), p]);
  const isOf = (ref: Ref, what: (p: Probed) => boolean): boolean => shown.get(ref)?.some(what) === true;
  const lastForward = graph.nodes.findLastIndex((n) => n.results.some((r) => isOf(r.ref, (p) => p.of === 'value')));
  body.section('forward');
  for (const [i, { node, dispose }] of program.statements.entries()) {
    if (i === lastForward + 1) body.section('backward');
    body.add(statement(node, scope));
    for (const { ref } of node.results) {
      for (const p of shown.get(ref) ?? [])
        body.add(`see.${p.of}(${text(p.name)}, ${scope.names.of(ref)}${boundsOf(p)});`);
    }
    const freed = disposal(dispose, scope);
    if (freed !== null) body.add(freed);
  }
  return body.toString();
}

/** `, { flat: { to: 0 } }` behind the value of an activation that has such bounds. */
function boundsOf({ flat, within }: Probed): string {
  const bounds = Object.entries({ flat, within }).flatMap(([key, given]): [string, string][] =>
    given === undefined ? [] : [[key, object(Object.entries(given).map(([name, n]) => [name, literal(n)]))]],
  );
  return bounds.length === 0 ? '' : `, ${object(bounds)}`;
}

/** The forward pass of training as far as statistics need it. */
export function measureBody(program: Program, imports: Imports): string {
  const { graph } = program;
  const scope = scopeOf(graph, imports);
  scope.names.bind(measured, measured.slice(1));
  const body = new Body();
  opening(graph, scope, body);
  for (const { node, dispose } of program.statements) {
    const remark = remarkOf(node);
    body.add(statement(node, scope, remark.length), remark);
    const freed = disposal(dispose, scope);
    if (freed !== null) body.add(freed);
  }
  return body.toString();
}

/** Parameter names of `evaluate` and `predict`: the network's inputs. */
export const inputNames = (graph: Graph, scope: Scope): readonly string[] =>
  graph.inputs.flatMap((i) => (i.type.dtype === 'host' ? [] : [scope.names.of(i.ref)]));

/** Straight-line code to the outputs. `notes` go behind a layer's statement: what was folded into it. */
export function forwardBody(program: Program, scope: Scope, notes: ReadonlyMap<string, string>): string {
  const body = new Body();
  for (const { node, dispose } of program.statements) {
    const note = notes.get(node.results[0]?.ref.slice(1) ?? '');
    const remark = [remarkOf(node), note ?? ''].filter((s) => s !== '').join(', ');
    body.add(statement(node, scope, remark.length), remark);
    const freed = disposal(dispose, scope);
    if (freed !== null) body.add(freed);
  }
  const outputs = ownedOutputs(program.graph, scope);
  const [only, ...more] = outputs;
  if (only !== undefined) body.add(`return ${more.length === 0 ? only[1] : object(outputs)};`);
  return body.toString();
}

/** Each output is the caller's to dispose of: one that is an input, or another output under a second name, is a handle of its own. */
function ownedOutputs(graph: Graph, scope: Scope): readonly (readonly [string, string])[] {
  const given = new Set<Ref>(graph.inputs.map((i) => i.ref));
  return graph.outputs.map(({ name, ref }) => {
    const value = scope.names.of(ref);
    const owned = given.has(ref) ? `${value}.clone()` : value;
    given.add(ref);
    return [property(name), owned];
  });
}

/** Body of `freeze`: what depends on weights only, and handles of the weights that are used as they are. */
export function freezeBody(split: FrozenSplit, imports: Imports): string {
  const scope = scopeOf(split.freeze.graph, imports);
  const body = new Body();
  for (const { node, dispose } of split.freeze.statements) {
    const remark = remarkOf(node);
    body.add(statement(node, scope, remark.length), remark);
    const freed = disposal(dispose, scope);
    if (freed !== null) body.add(freed);
  }
  const value = (ref: Ref): string =>
    ref.startsWith('@') ? `${imports.runtime('snapshot')}(${scope.names.of(ref)})` : scope.names.of(ref);
  body.add(
    `return ${nestedObject(
      split.entries.map((e) => ({ name: e.name, value: value(e.ref) })),
      '',
    )};`,
  );
  return body.toString();
}

/** Names for `predict`: frozen entries as property paths of `w`. */
export function frozenScope(split: FrozenSplit, imports: Imports): Scope {
  const scope = scopeOf(split.predict.graph, imports);
  for (const entry of split.entries) scope.names.bind(entry.ref, `w.${entry.name}`);
  return scope;
}
