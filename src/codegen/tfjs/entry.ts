/** The emitted entry of a train, `<train>.train.ts`: the module beside it, what the run needs to know, and one call. */
import { type CompiledTrain, weightMigrations } from '../programs.ts';
import { augmentLiteral, dataLiteral, type Literal } from './data.ts';
import { literal, property, text } from './literal.ts';
import { loopLiteral } from './loop.ts';
import { type EmitOptions, header } from './module.ts';
import { scheduleLiteral } from './schedule.ts';

/** `spec`: the resolved spec as .nrm text; it travels with the weights. */
interface EntryOptions extends EmitOptions {
  readonly spec: string;
}

export function emitEntry(compiled: CompiledTrain, options: EntryOptions): string {
  const { train } = compiled;
  // With the last, empty one: the text ends with a newline.
  const lines = options.spec.split('\n');
  return [
    header(
      `Trains ${train.name} of ${options.source}; \`node ${train.name}.train.ts --help\` says how`,
      options.version,
    ),
    "import type { RunConfig } from 'nrmc/runtime';",
    "import { trainMain } from 'nrmc/runtime/node';",
    `import * as model from './${property(train.name)}.ts';`,
    '',
    '/** What was trained, in full: every default written out. Stored with the weights. */',
    'const spec = [',
    ...lines.map((line) => `  ${text(line)},`),
    "].join('\\n');",
    '',
    `export const config: RunConfig = ${print(configuration(compiled, options), '')};`,
    '',
    'await trainMain(import.meta.url, model, config);',
    '',
  ].join('\n');
}

function configuration(compiled: CompiledTrain, { source, version }: EntryOptions): Literal {
  const { train, model } = compiled;
  return {
    train: train.name,
    network: model.network,
    policy: model.policy,
    source,
    version,
    data: dataLiteral(train.data),
    inputs: model.inputs.map((i) => i.name),
    outputs: train.losses.map(({ output, target, loss: { def }, field, probabilities, decides, sample }) => ({
      name: output,
      target,
      loss: def.name,
      probabilities,
      ...(field.kind === 'class' && decides !== 'largest' ? { threshold: decides } : {}),
      ...(sample === null ? {} : { sample: sample.field }),
    })),
    batch: train.batch,
    last: train.last,
    epochs: train.epochs,
    seed: train.seed,
    metrics: train.metrics.map(({ output, metric: { def, args } }) => ({
      output,
      metric: def.name,
      as: def.as(args),
      ...args,
    })),
    needsTwoSamples: normsSingleValues(compiled),
    passes: compiled.notes
      .filter((n) => n.rewrites.length + n.refused.length > 0)
      .map((n) => ({
        name: n.pass.name,
        program: n.program,
        rewrites: n.rewrites.map(noteText),
        refused: n.refused.map(noteText),
      })),
    programs: {
      step: compiled.step.statements.length + (compiled.update?.statements.length ?? 0),
      evaluate: compiled.evaluate.statements.length,
      freeze: compiled.frozen.freeze.statements.length,
      predict: compiled.frozen.predict.statements.length,
    },
    migrations: weightMigrations(compiled),
    ...augmentOf(compiled),
    ...scheduleLiteral(train),
    ...loopLiteral(train),
    ...startOf(compiled),
  };
}

/** Of images only; a mixture is of all fields. */
function augmentOf({ train: { augment } }: CompiledTrain): { readonly [key: string]: Literal } {
  return augment === null ? {} : { augment: augmentLiteral(augment) };
}

/** The stored weights that begin with a file, by file. */
function startOf({ model, train, graphs }: CompiledTrain): { readonly [key: string]: Literal } {
  const stored = new Set<string>(graphs.model.storage.map((s) => s.ref));
  const files = new Map<string, string[]>();
  for (const { name, start } of model.layers.flatMap((l) => l.weights)) {
    const file = start ?? train.start;
    if (file !== null && stored.has(`@${name}`)) files.set(file, [...(files.get(file) ?? []), name]);
  }
  return files.size === 0 ? {} : { start: [...files].map(([file, weights]) => ({ file, weights })) };
}

/** True when a norm has one value per channel and sample, so that a batch of one sample has no statistics. */
function normsSingleValues({ step: { graph } }: CompiledTrain): boolean {
  const shapes = new Map(graph.nodes.flatMap((n) => n.results.map((r) => [r.ref, r.type.shape] as const)));
  for (const input of graph.inputs) shapes.set(input.ref, input.type.shape);
  return graph.nodes.some((node) => {
    const x = node.operands[0];
    const shape = node.op !== 'normalizeTrain' || node.attrs.over !== 'batch' || x == null ? undefined : shapes.get(x);
    return shape?.slice(1, -1).every((size) => size === 1) === true;
  });
}

const noteText = (note: { readonly layer: string; readonly text: string }): string =>
  note.layer === '' ? note.text : `${note.layer}: ${note.text}`;

/** An object literal: short values on one line, `spec` by name at the end of the outermost. */
function print(value: Literal, at: string): string {
  if (value === null || typeof value !== 'object') return literal(value);
  const inner = `${at}  `;
  if (isList(value)) {
    const items = value.map((v) => print(v, inner));
    const flat = `[${items.join(', ')}]`;
    return fits(flat, at) ? flat : `[\n${items.map((i) => `${inner}${i},\n`).join('')}${at}]`;
  }
  const rows = [
    ...Object.entries(value).map(([key, v]) => `${key}: ${print(v, inner)}`),
    ...(at === '' ? ['spec'] : []),
  ];
  const flat = `{ ${rows.join(', ')} }`;
  return fits(flat, at) && at !== '' ? flat : `{\n${rows.map((r) => `${inner}${r},\n`).join('')}${at}}`;
}

const isList = (value: Literal): value is readonly Literal[] => Array.isArray(value);
const fits = (flat: string, at: string): boolean => !flat.includes('\n') && flat.length + at.length <= 100;
