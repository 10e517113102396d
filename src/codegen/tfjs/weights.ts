/** `init`, `initOptimizer` and the types of everything that is stored. */
import type { Graph, Storage } from '../../ir/graph.ts';
import { initializerKernel } from '../../ir/ops/index.ts';
import type { Imports } from './imports.ts';
import { call, object } from './lines.ts';
import { literal, text } from './literal.ts';
import { nestedObject, nestedType, numbersIn, variables } from './types.ts';

const of = (graph: Graph, kind: Storage['kind']): readonly Storage[] => graph.storage.filter((s) => s.kind === kind);

export function paramsType(
  graph: Graph,
  notes: ReadonlyMap<string, string>,
  imports: Imports,
): { readonly doc: string; readonly body: string } {
  const storage = of(graph, 'param');
  const frozen = storage.filter((s) => s.frozen === true);
  return {
    doc:
      frozen.length === 0
        ? `Trainable values of ${graph.name}: ${numbersIn(storage)}.`
        : `Weights of ${graph.name}: ${numbersIn(storage)}, of which ${numbersIn(frozen)} are frozen.`,
    body: nestedType(variables(storage, imports), notes),
  };
}

export function stateType(graph: Graph, imports: Imports): { readonly doc: string; readonly body: string } {
  const storage = of(graph, 'state');
  return {
    doc:
      storage.length === 0
        ? 'Nothing but trainable values: no moving statistics.'
        : `Moving statistics: ${numbersIn(storage)}.`,
    body: nestedType(variables(storage, imports)),
  };
}

export function optimizerType(graph: Graph, imports: Imports): { readonly doc: string; readonly body: string } {
  const storage = of(graph, 'slot');
  return {
    doc:
      storage.length === 0
        ? 'The optimizer keeps nothing between steps.'
        : `What the optimizer keeps between steps: ${numbersIn(storage)}.`,
    body: nestedType(variables(storage, imports)),
  };
}

/** `variable(glorotUniform([5, 5, 1, 6], { seed, stream: 'conv1.kernel', fanIn: 25, fanOut: 150 }))` */
function initial(storage: Storage, imports: Imports): string {
  const { kernel, random } = initializerKernel(storage.init.kind);
  const stream: [string, string][] = random
    ? [
        ['seed', 'seed'],
        ['stream', text(storage.ref.slice(1))],
      ]
    : [];
  const options: [string, string][] = [
    ...stream,
    ...Object.entries(storage.init.attrs).map(([key, value]): [string, string] => [key, literal(value)]),
  ];
  const shape = literal(storage.type.shape);
  const made = call(
    imports.runtime(kernel),
    options.length === 0 ? [shape] : [shape, object(options)],
    Number.POSITIVE_INFINITY,
  );
  return `${imports.runtime('variable')}(${made})`;
}

/** Body of `init(seed)`. */
export function initBody(graph: Graph, imports: Imports): string {
  const made = (kind: Storage['kind']) =>
    of(graph, kind).map((s) => ({ name: s.ref.slice(1), value: initial(s, imports) }));
  return [
    `const params: Params = ${nestedObject(made('param'), '')};`,
    `const state: State = ${nestedObject(made('state'), '')};`,
    'return { params, state };',
  ].join('\n');
}

/** True when `init` reads its seed. */
export const initIsRandom = (graph: Graph): boolean =>
  graph.storage.some((s) => s.kind !== 'slot' && initializerKernel(s.init.kind).random);

/** Body of `initOptimizer()`. */
export const optimizerBody = (graph: Graph, imports: Imports): string =>
  `return ${nestedObject(
    of(graph, 'slot').map((s) => ({ name: s.ref.slice(1), value: initial(s, imports) })),
    '',
  )};`;
