/**
 * The emitted module of a network, with a training step when there is a train:
 *   types      Params · State · OptimizerState · Frozen · Batch · Outputs
 *   functions  init · initOptimizer · step · applyUpdate · inspect · probe · measure · evaluate · freeze · predict · sample
 */

import type { Graph, Input } from '../../ir/graph.ts';
import type { Program } from '../../passes/lifetimes.ts';
import { type CompiledNetwork, type CompiledTrain, isTrain } from '../programs.ts';
import { drawnKey, draws, keyParameter } from './drawing.ts';
import { type Declaration, functionDeclaration, interfaceDeclaration, type Parameter, printFile } from './file.ts';
import {
  fieldOf,
  forwardBody,
  freezeBody,
  frozenScope,
  inputNames,
  inspectBody,
  measureBody,
  probeBody,
  scopeOf,
  stepBody,
  updateBody,
} from './functions.ts';
import { Imports } from './imports.ts';
import { comment, property, shapeText } from './literal.ts';
import { lossDeclarations } from './losses.ts';
import { nestedType, tensorType } from './types.ts';
import { initBody, initIsRandom, optimizerBody, optimizerType, paramsType, stateType } from './weights.ts';

export interface EmitOptions {
  /** The spec file's name, without folders: the same bytes wherever it lies. */
  readonly source: string;
  /** Version of nrmc. */
  readonly version: string;
}

export const header = (what: string, version: string): string =>
  `// ${comment(what)}. Emitted by nrmc ${version}: edit the spec and build again, not this file.\n`;

export function emitModule(compiled: CompiledNetwork | CompiledTrain, options: EmitOptions): string {
  const imports = new Imports();
  const { model } = compiled;
  const under = model.policy === null ? '' : ` under policy ${model.policy}`;
  const what = `${isTrain(compiled) ? `${compiled.train.name}: network ` : 'network '}${model.network}${under}`;
  const declarations: Declaration[] = [
    ...storageTypes(compiled, imports),
    ...(isTrain(compiled) ? [batchType(compiled, imports)] : []),
    ...outputsType(compiled, imports),
    ...drawnKey(compiled, imports),
    ...initializers(compiled, imports),
    ...(isTrain(compiled) ? training(compiled, imports) : []),
    ...inference(compiled, imports),
  ];
  return printFile('module.ts', header(`${what}, from ${options.source}`, options.version), imports, declarations);
}

/** Storage of the widest program: the step's has the optimizer's slots too. */
const storageOf = (compiled: CompiledNetwork | CompiledTrain): Graph =>
  isTrain(compiled) ? compiled.step.graph : compiled.graphs.model;

function storageTypes(compiled: CompiledNetwork | CompiledTrain, imports: Imports): Declaration[] {
  const graph = storageOf(compiled);
  const notes = new Map(
    compiled.model.layers.flatMap((l) =>
      l.biasReason?.startsWith('no bias') ? [[l.path, l.biasReason] as const] : [],
    ),
  );
  const params = paramsType(graph, notes, imports);
  const state = stateType(graph, imports);
  const types = [
    interfaceDeclaration('Params', params.doc, params.body),
    interfaceDeclaration('State', state.doc, state.body),
  ];
  if (isTrain(compiled)) {
    const optimizer = optimizerType(graph, imports);
    types.push(interfaceDeclaration('OptimizerState', optimizer.doc, optimizer.body));
  }
  const frozen = compiled.frozen.entries.map((e) => ({
    name: e.name,
    type: tensorType(e.type, imports),
    remark: shapeText(e.type.shape),
  }));
  types.push(
    interfaceDeclaration(
      'Frozen',
      'What prediction needs: weights with everything folded in that depends on weights only.',
      nestedType(frozen),
    ),
  );
  return types;
}

const isTensor = (input: Input): boolean => input.type.dtype !== 'host';

function batchType(compiled: CompiledTrain, imports: Imports): Declaration {
  const fields = compiled.step.graph.inputs
    .filter(isTensor)
    .map(
      (i) =>
        `readonly ${property(fieldOf(i.ref))}: ${tensorType(i.type, imports)}; // ${shapeText(i.type.shape)}${i.type.dtype === 'int32' ? ', int32' : ''}`,
    );
  return interfaceDeclaration('Batch', 'What a step is given.', fields.join('\n'));
}

function initializers(compiled: CompiledNetwork | CompiledTrain, imports: Imports): Declaration[] {
  const graph = storageOf(compiled);
  const init = functionDeclaration({
    name: 'init',
    doc: 'Fresh weights: the same for one seed on every backend.',
    parameters: [[initIsRandom(graph) ? 'seed' : '_seed', 'number']],
    returns: '{ params: Params; state: State }',
    body: initBody(graph, imports),
  });
  if (!isTrain(compiled)) return [init];
  return [
    init,
    functionDeclaration({
      name: 'initOptimizer',
      doc: 'The optimizer before its first step.',
      parameters: [],
      returns: 'OptimizerState',
      body: optimizerBody(graph, imports),
    }),
  ];
}

function training(compiled: CompiledTrain, imports: Imports): Declaration[] {
  const trainingType = `${imports.type('nrmc/runtime', 'Training')}<Params, State, OptimizerState>`;
  return [
    functionDeclaration({
      name: 'step',
      doc:
        compiled.update === null
          ? 'One update by one batch, in place. Returns what the loss was before it; the caller disposes of that.'
          : 'Adds the gradients of one batch to those of its update. Returns what the loss is; the caller disposes of that.',
      parameters: [
        ['training', trainingType],
        ['batch', 'Batch'],
      ],
      returns: imports.type('nrmc/runtime', 'Report'),
      body: stepBody(compiled.step, imports),
    }),
    ...(compiled.update === null ? [] : [updating(compiled.update, trainingType, imports)]),
    functionDeclaration({
      name: 'inspect',
      doc: 'The forward pass of `step` alone: shows each layer to `look` and changes nothing. Finds where a value stops being finite.',
      parameters: [
        ['training', trainingType],
        ['batch', 'Batch'],
        ['look', imports.type('nrmc/runtime', 'Look')],
      ],
      returns: 'void',
      body: inspectBody(compiled.inspect, imports),
    }),
    ...(compiled.probe === null ? [] : [probing(compiled.probe, trainingType, imports)]),
    ...(compiled.measure === null ? [] : [measurement(compiled.measure, trainingType, imports)]),
    ...lossDeclarations(compiled, outputType(compiled, imports), imports),
  ];
}

const updating = (program: Program, trainingType: string, imports: Imports): Declaration =>
  functionDeclaration({
    name: 'applyUpdate',
    doc: 'One update by the mean of the gradients that `step` has added up, in place. Returns what the penalties were before it.',
    parameters: [['training', trainingType]],
    returns: imports.type('nrmc/runtime', 'UpdateReport'),
    body: updateBody(program, imports),
  });

const probing = (
  { program, probed }: NonNullable<CompiledTrain['probe']>,
  trainingType: string,
  imports: Imports,
): Declaration =>
  functionDeclaration({
    name: 'probe',
    doc: 'Forward and backward pass of one batch: shows what each layer gives and every gradient of the loss, and changes nothing.',
    parameters: [
      ['training', trainingType],
      ['batch', 'Batch'],
      ['see', imports.type('nrmc/runtime', 'Probe')],
    ],
    returns: 'void',
    body: probeBody(program, probed, imports),
  });

const measurement = (program: Program, trainingType: string, imports: Imports): Declaration =>
  functionDeclaration({
    name: 'measure',
    doc: 'Takes the statistics of one more batch into their means over batches 1 to `batches`; nothing else changes. For trained weights.',
    parameters: [
      ['training', trainingType],
      ['batch', 'Batch'],
      ['batches', 'number'],
    ],
    returns: 'void',
    body: measureBody(program, imports),
  });

/** `image [N, 28, 28, 1] → classifier [N, 10]` */
function signature(compiled: CompiledNetwork): string {
  const { model } = compiled;
  return `${model.inputs.map((i) => `${i.name} ${shapeText(i.type.shape)}`).join(', ')} → ${model.outputs.map((o) => `${o.name} ${shapeText(o.type.shape)}`).join(', ')}`;
}

function inference(compiled: CompiledNetwork, imports: Imports): Declaration[] {
  const folded = foldsOf(compiled);
  const evaluateScope = scopeOf(compiled.evaluate.graph, imports);
  const predictScope = frozenScope(compiled.frozen, imports);
  const returns = outputType(compiled, imports);
  const inputs = (names: readonly string[]): (readonly [string, string])[] => {
    const types = compiled.evaluate.graph.inputs.filter(isTensor).map((i) => tensorType(i.type, imports));
    return names.map((name, i) => [name, types[i] ?? imports.tfjs('Tensor')]);
  };
  return [
    functionDeclaration({
      name: 'evaluate',
      doc: `${signature(compiled)}, as trained: nothing folded.`,
      parameters: [
        ...unused(compiled),
        ...inputs(inputNames(compiled.evaluate.graph, evaluateScope)),
        ...keyParameter(compiled.evaluate.graph, imports),
      ],
      returns,
      body: forwardBody(compiled.evaluate, evaluateScope, new Map()),
    }),
    functionDeclaration({
      name: 'freeze',
      doc:
        folded.length === 0
          ? 'The weights as `predict` reads them. Once, after training.'
          : `Folds ${foldsText(folded)}. Once, after training.`,
      parameters: unusedIn(
        compiled.frozen.freeze.graph,
        compiled.frozen.entries.map((e) => e.ref),
      ),
      returns: 'Frozen',
      body: freezeBody(compiled.frozen, imports),
    }),
    functionDeclaration({
      name: 'predict',
      doc: `${signature(compiled)}.`,
      parameters: [
        [compiled.frozen.entries.length === 0 ? '_w' : 'w', 'Frozen'],
        ...inputs(inputNames(compiled.frozen.predict.graph, predictScope)),
        ...keyParameter(compiled.frozen.predict.graph, imports),
      ],
      returns,
      body: forwardBody(compiled.frozen.predict, predictScope, foldNotes(compiled)),
    }),
    ...(compiled.sample === null ? [] : [sampling(compiled, compiled.sample, inputs, imports)]),
  ];
}

/** One draw of Monte Carlo prediction. */
function sampling(
  compiled: CompiledNetwork,
  program: Program,
  inputs: (names: readonly string[]) => readonly Parameter[],
  imports: Imports,
): Declaration {
  const scope = scopeOf(program.graph, imports);
  return functionDeclaration({
    name: 'sample',
    doc: `${signature(compiled)}, with dropout as in training: one draw. Norms are as in prediction.`,
    parameters: [
      ...unusedIn(program.graph, []),
      [draws(program.graph) ? 'random' : '_random', imports.type('nrmc/runtime', 'Random')],
      ...inputs(inputNames(program.graph, scope)),
    ],
    returns: outputType(compiled, imports),
    body: forwardBody(program, scope, new Map()),
  });
}

/** Each by name, as long as that reads well. */
const foldsText = (folded: ReturnType<typeof foldsOf>): string =>
  folded.length > 4
    ? `${folded.length} norms into the layers before them`
    : folded.map((n) => `${n.layer} into ${n.into}`).join(', ');

/** By layer: `norm1 folded in`. */
function foldNotes(compiled: CompiledNetwork): ReadonlyMap<string, string> {
  const folded = new Map<string, string[]>();
  for (const { layer, into } of foldsOf(compiled)) {
    if (into !== undefined) folded.set(into, [...(folded.get(into) ?? []), layer]);
  }
  return new Map([...folded].map(([into, norms]) => [into, `${norms.join(' and ')} folded in`]));
}

const foldsOf = (compiled: CompiledNetwork) =>
  compiled.notes.filter((n) => n.program === 'predict' && n.pass.name === 'fold-batchnorm').flatMap((n) => n.rewrites);

/** The tensor of a single output; with several the interface that names them. */
function outputType({ model }: CompiledNetwork, imports: Imports): string {
  const [only, ...more] = model.outputs;
  return only !== undefined && more.length === 0 ? tensorType(only.type, imports) : 'Outputs';
}

function outputsType({ model }: CompiledNetwork, imports: Imports): Declaration[] {
  if (model.outputs.length < 2) return [];
  const rows = model.outputs.map(
    (o) => `readonly ${property(o.name)}: ${tensorType(o.type, imports)}; // ${shapeText(o.type.shape)}`,
  );
  return [interfaceDeclaration('Outputs', 'What the network gives. The caller disposes of each.', rows.join('\n'))];
}

/** `params` and `state`, with an underscore where the body does not read them (`noUnusedParameters`). */
const unused = (compiled: CompiledNetwork): (readonly [string, string])[] => unusedIn(compiled.evaluate.graph, []);

function unusedIn(graph: Graph, more: readonly string[]): (readonly [string, string])[] {
  const read = new Set<string>([
    ...graph.nodes.flatMap((n) => n.operands.flatMap((ref) => (ref === null ? [] : [ref]))),
    ...more,
  ]);
  const reads = (kind: 'param' | 'state'): boolean => graph.storage.some((s) => s.kind === kind && read.has(s.ref));
  return [
    [reads('param') ? 'params' : '_params', 'Params'],
    [reads('state') ? 'state' : '_state', 'State'],
  ];
}
