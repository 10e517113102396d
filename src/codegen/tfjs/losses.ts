/**
 * How a trained network is measured: `lossOf(outputs, targets)` of an emitted train, from what the network gives to its loss.
 *   const { label } = targets;
 *   const loss = softmaxCrossEntropy(classifier, label);
 *   return { loss };
 */
import type { Graph, Input, Ref } from '../../ir/graph.ts';
import type { CompiledTrain } from '../programs.ts';
import { type Declaration, functionDeclaration, interfaceDeclaration } from './file.ts';
import { fieldOf, lossesReturned, scopeOf } from './functions.ts';
import type { Imports } from './imports.ts';
import { Body, object } from './lines.ts';
import { property, shapeText } from './literal.ts';
import { disposal, type Scope, statement } from './statement.ts';
import { tensorType } from './types.ts';

/** The program's inputs: what the network has given, and what that is compared with. */
function split({ model, lossOf: { graph } }: CompiledTrain): {
  readonly given: readonly Input[];
  readonly targets: readonly Input[];
} {
  const count = model.outputs.length;
  return { given: graph.inputs.slice(0, count), targets: graph.inputs.slice(count) };
}

export function lossDeclarations(compiled: CompiledTrain, outputs: string, imports: Imports): readonly Declaration[] {
  const { given, targets } = split(compiled);
  const fields = targets.map(
    ({ ref, type }) =>
      `readonly ${property(fieldOf(ref))}: ${tensorType(type, imports)}; // ${shapeText(type.shape)}${type.dtype === 'int32' ? ', int32' : ''}`,
  );
  const scope = scopeOf(compiled.lossOf.graph, imports);
  const [only, ...more] = given;
  const name = only !== undefined && more.length === 0 ? scope.names.of(only.ref) : 'outputs';
  return [
    interfaceDeclaration('Targets', 'What the outputs are compared with.', fields.join('\n')),
    functionDeclaration({
      name: 'lossOf',
      doc: 'The loss of what the network has given, as `step` reports it, without penalties. The caller disposes of it.',
      parameters: [
        [name, outputs],
        ['targets', 'Targets'],
      ],
      returns: imports.type('nrmc/runtime', 'Losses'),
      body: body(compiled, scope, more.length === 0 ? [] : given, targets),
    }),
  ];
}

function body(
  { lossOf: { graph, statements } }: CompiledTrain,
  scope: Scope,
  given: readonly Input[],
  targets: readonly Input[],
): string {
  const lines = new Body();
  const taken = (inputs: readonly Input[], name: (ref: Ref) => string): string =>
    object(inputs.map(({ ref }) => [property(name(ref)), scope.names.of(ref)]));
  if (given.length > 0) lines.add(`const ${taken(given, (ref) => ref.slice(1))} = outputs;`);
  lines.add(`const ${taken(targets, fieldOf)} = targets;`);
  for (const { node, dispose } of statements) {
    lines.add(statement(node, scope));
    const freed = disposal(dispose, scope);
    if (freed !== null) lines.add(freed);
  }
  lines.add(`return ${object(lossesReturned(graph satisfies Graph, scope))};`);
  return lines.toString();
}
