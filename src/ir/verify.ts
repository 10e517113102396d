/**
 * The law that a graph of each stage keeps, as a table. Checked after every pass in tests; an empty list means that all holds.
 */
import { written } from './evaluate.ts';
import type { Graph, Node, Ref, Stage, StorageKind, ValueType } from './graph.ts';
import { type AnyOp, isFault } from './op.ts';
import { initialAttrs, isInitialKind, isOpKind, opOf, ops } from './ops/index.ts';
import { printType } from './text.ts';

/** What is broken, one sentence each. */
export function verifyGraph(graph: Graph): readonly string[] {
  for (const law of laws) {
    if (!law.stages.includes(graph.stage)) continue;
    const broken = law.check(graph);
    // Later laws read what earlier ones make sure of.
    if (broken.length > 0) return broken.map((text) => `${text} (law: ${law.name})`);
  }
  return [];
}

interface Law {
  readonly name: string;
  readonly stages: readonly Stage[];
  readonly check: (graph: Graph) => readonly string[];
}

const all: readonly Stage[] = ['model', 'train', 'step', 'infer'];

/** Kinds of storage by stage: an optimizer's memory belongs to the step. */
const storageKinds: Readonly<Record<Stage, readonly StorageKind[]>> = {
  model: ['param', 'state'],
  train: ['param', 'state'],
  step: ['param', 'state', 'slot'],
  infer: ['param', 'state'],
};

const hostInputs: readonly Ref[] = [
  '%share',
  '%random',
  '%update',
  '%updates',
  '%perEpoch',
  '%plateau',
  '%batches',
  '%samples',
];

const perNode =
  (check: (node: Node, op: AnyOp, graph: Graph) => readonly string[]) =>
  (graph: Graph): readonly string[] =>
    graph.nodes.flatMap((node) => check(node, opOf(node), graph).map((text) => `${describe(node)} ${text}`));

const describe = (node: Node): string =>
  `\`${node.op}\`${node.results[0] === undefined ? '' : ` ${node.results[0].ref}`}`;

const laws: readonly Law[] = [
  {
    name: 'every op is known',
    stages: all,
    check: ({ nodes }) => nodes.filter((n) => !isOpKind(n.op)).map((n) => `${describe(n)} is no op`),
  },
  {
    name: 'every op may stand in the stage',
    stages: all,
    check: perNode((_, op, { stage }) => (op.stages.includes(stage) ? [] : [`may not stand in stage ${stage}`])),
  },
  { name: 'operands are as many as the op has, the required ones all there', stages: all, check: perNode(operandsFit) },
  { name: 'attributes are those of the op, each of its type', stages: all, check: perNode(attributesFit) },
  {
    name: 'storage is of a kind that the stage has, sized, and begins in a known way',
    stages: all,
    check: storageFits,
  },
  {
    name: 'host values enter a training graph only: random, update, updates, perEpoch, plateau, batches, samples; random also a prediction',
    stages: all,
    check: ({ inputs, stage }) =>
      inputs.flatMap(({ ref, type }) => {
        const isHost = type.dtype === 'host';
        // Prediction may draw: samples of DropConnect, Monte Carlo prediction.
        const allowed = stage === 'infer' ? ref === '%random' : stage !== 'model' && hostInputs.includes(ref);
        return isHost && !allowed
          ? [`${ref} is a host value`]
          : !isHost && allowed
            ? [`${ref} is the name of a host value`]
            : [];
      }),
  },
  { name: 'every ref is defined once, before its use', stages: all, check: definedOnce },
  { name: 'results have the types that the shape rule gives', stages: all, check: resultsFit },
  {
    name: 'only storage is written, and not read afterwards; once, but for statistics, which each use of a shared layer moves on, and weights, which a constraint projects after their update',
    stages: all,
    check: writesLast,
  },
  {
    name: 'outputs have names of their own',
    stages: all,
    check: ({ outputs }) =>
      outputs
        .filter((o, i) => outputs.findIndex((p) => p.name === o.name) < i)
        .map((o) => `there are two outputs ${o.name}`),
  },
  {
    name: 'a network has an output',
    stages: ['model', 'infer'],
    check: ({ outputs }) => (outputs.length === 0 ? ['there is no output'] : []),
  },
  {
    name: 'training yields the scalar `loss`, `loss.<output>` of several outputs, `penalty` when there is one, and `penalty.<rule>` of several rules',
    stages: ['train', 'step'],
    check(graph) {
      const types = typesOf(graph);
      return [
        // What only measures has no loss.
        ...(graph.outputs.some((o) => o.name === 'loss') || graph.nodes.some((n) => n.op === 'updatePopulation')
          ? []
          : ['there is no output loss']),
        ...graph.outputs
          .filter((o) => !/^(loss|penalty)(\.|$)/.test(o.name))
          .map((o) => `output ${o.name} is neither loss nor penalty`),
        ...graph.outputs
          .filter((o) => types.get(o.ref)?.shape.length !== 0)
          .map((o) => `output ${o.name} is no scalar`),
      ];
    },
  },
];

function operandsFit(node: Node, op: AnyOp): readonly string[] {
  const variadic = op.operands.at(-1)?.endsWith('...') === true;
  const wrong = op.operands.flatMap((spec, i) =>
    node.operands[i] == null && !spec.endsWith('?') && !spec.endsWith('...') ? [`lacks its operand ${spec}`] : [],
  );
  if (node.operands.length > op.operands.length && !variadic)
    wrong.push(`has ${node.operands.length} operands, at most ${op.operands.length} are known`);
  if (variadic && node.operands.slice(op.operands.length - 1).includes(null))
    wrong.push('leaves out one of a row of operands');
  return wrong;
}

function attributesFit(node: Node, op: AnyOp): readonly string[] {
  const foreign = Object.keys(node.attrs).filter((key) => !Object.hasOwn(op.attrs, key));
  return [
    ...foreign.map((key) => `has an attribute ${key} that the op does not have`),
    ...Object.entries(op.attrs).flatMap(([key, spec]) => {
      const value = node.attrs[key];
      const fits = value !== undefined && spec.is(value);
      return fits ? [] : [`has ${key}=${JSON.stringify(value) ?? 'nothing'}, which the op does not take`];
    }),
  ];
}

function storageFits({ storage, stage }: Graph): readonly string[] {
  return storage.flatMap(({ ref, kind, type, init }) => {
    const wrong: string[] = [];
    if (!storageKinds[stage].includes(kind)) wrong.push(`${ref} is a ${kind}, which stage ${stage} does not have`);
    if (type.dtype !== 'float32' || !type.shape.every((d) => typeof d === 'number'))
      wrong.push(`${ref} is ${printType(type)}, not float32 of known sizes`);
    const keys = Object.keys(init.attrs).sort().join(' ');
    if (!isInitialKind(init.kind)) wrong.push(`${ref} begins as ${init.kind}, which is not known`);
    else if (keys !== initialAttrs(init.kind).toSorted().join(' '))
      wrong.push(`${ref} begins as ${init.kind} with {${keys}}`);
    return wrong;
  });
}

function definedOnce({ inputs, storage, nodes, outputs }: Graph): readonly string[] {
  const wrong: string[] = [];
  const defined = new Set<Ref>();
  const define = (ref: Ref, sigil: '%' | '@'): void => {
    if (defined.has(ref)) wrong.push(`${ref} is defined twice`);
    if (!ref.startsWith(sigil)) wrong.push(`${ref} should begin with ${sigil}`);
    defined.add(ref);
  };
  for (const input of inputs) define(input.ref, '%');
  for (const stored of storage) define(stored.ref, '@');
  for (const node of nodes) {
    for (const ref of node.operands)
      if (ref !== null && !defined.has(ref))
        wrong.push(`${describe(node)} reads ${ref}, which is not defined before it`);
    for (const result of node.results) define(result.ref, '%');
  }
  for (const output of outputs)
    if (!defined.has(output.ref)) wrong.push(`output ${output.name} is ${output.ref}, which is not defined`);
  return wrong;
}

const typesOf = ({ inputs, storage, nodes }: Graph): ReadonlyMap<Ref, ValueType> =>
  new Map([...inputs, ...storage, ...nodes.flatMap((node) => node.results)].map(({ ref, type }) => [ref, type]));

function resultsFit(graph: Graph): readonly string[] {
  const types = typesOf(graph);
  const typeOf = (ref: Ref): ValueType => types.get(ref) ?? { dtype: 'float32', shape: [] };
  return perNode((node, op) => {
    const expected = op.erased.shape(node, typeOf);
    if (isFault(expected)) return [`is refused: ${expected.fault(null, null).message}`];
    const [want, have] = [expected.map(printType), node.results.map((r) => printType(r.type))];
    return want.join(' ') === have.join(' ')
      ? []
      : [`gives ${have.join(' ') || 'nothing'}, the shape rule says ${want.join(' ') || 'nothing'}`];
  })(graph);
}

/** They act on what an update has written. */
const projections: readonly string[] = [ops.maxNorm, ops.unitNorm, ops.nonNegative, ops.projectBall].map(
  (op) => op.kind,
);

function writesLast({ storage, nodes, outputs }: Graph): readonly string[] {
  const wrong: string[] = [];
  const stored = new Map<Ref, StorageKind>(storage.map((s) => [s.ref, s.kind]));
  const frozen = new Set(storage.flatMap((s) => (s.frozen === true ? [s.ref] : [])));
  const done = new Set<Ref>();
  for (const node of nodes) {
    const targets = written(opOf(node), node);
    for (const ref of node.operands) {
      if (ref === null || !done.has(ref)) continue;
      // Averages take in what the update has made; sums end when it has.
      if (node.op === ops.updateAverage.kind || node.op === ops.clearSums.kind) continue;
      const mayFollow = stored.get(ref) === 'state' || (stored.get(ref) === 'param' && projections.includes(node.op));
      if (!targets.includes(ref) || !mayFollow)
        wrong.push(`${describe(node)} ${targets.includes(ref) ? 'writes' : 'reads'} ${ref} after it was written`);
    }
    for (const ref of targets) {
      if (!stored.has(ref)) wrong.push(`${describe(node)} writes ${ref}, which is not storage`);
      if (frozen.has(ref)) wrong.push(`${describe(node)} writes ${ref}, which is frozen`);
      done.add(ref);
    }
  }
  for (const output of outputs)
    if (done.has(output.ref)) wrong.push(`output ${output.name} reads ${output.ref} after it was written`);
  return wrong;
}
