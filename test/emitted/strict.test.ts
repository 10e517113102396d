/** Emitted code compiles under the strictest flags, in a project of its own. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { checkNetwork, checkTrain, resolvedSpec } from '../../src/check/index.ts';
import { type EmittedFile, emit } from '../../src/codegen/tfjs/index.ts';
import { compileNetwork, compileTrain } from '../../src/compile.ts';
import { parse } from '../../src/parser/index.ts';
import { lossSpecs } from './loss-specs.ts';
import { cases, compiledOnly, scenes } from './specs.ts';

const root = path.resolve(import.meta.dirname, '../..');
mkdirSync(path.join(root, 'node_modules/.cache'), { recursive: true });
const folder = mkdtempSync(path.join(root, 'node_modules/.cache/strict-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Everything a file declares that can be emitted. */
function emitAll(text: string, source: string): readonly { readonly kind: string; readonly file: EmittedFile }[] {
  const { tree } = parse(text, source);
  // Those with a name of their own are as users have them.
  const options = { sampling: source.startsWith('case'), probing: source.startsWith('case') };
  return tree.declarations.flatMap((d): readonly { readonly kind: string; readonly file: EmittedFile }[] => {
    if (d.kind === 'train') {
      const { train } = checkTrain(tree, d.name.text);
      return train === null
        ? []
        : emit(compileTrain(train, options), { source, version: 'test', spec: resolvedSpec(train) }).map((file) => ({
            kind: d.kind,
            file,
          }));
    }
    if (d.kind !== 'network') return [];
    const { model } = checkNetwork(tree, d.name.text);
    return model === null
      ? []
      : emit(compileNetwork(model, options), { source, version: 'test', spec: '' }).map((file) => ({
          kind: d.kind,
          file,
        }));
  });
}

/** What code of a user's own does with an emitted train of several inputs and outputs: data in memory, outputs by name. */
const user = `
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { begin, endRun, type Samples, train } from 'nrmc/runtime/training';
import * as net from './net.ts';
import { config } from './net.train.ts';

export async function learn(samples: Samples): Promise<number> {
  let last = Number.NaN;
  const { run } = await train(net, config, { train: samples, validation: null }, begin(net, config.seed), {
    epoch: ({ loss, losses }) => {
      last = loss - (losses.form ?? 0);
    },
  });
  endRun(run);
  return last;
}

export function rows(w: net.Frozen, image: Tensor4D, depth: Tensor4D): readonly number[] {
  const { form, label }: net.Outputs = net.predict(w, image, depth);
  return [form.shape[0], label.shape[1]];
}
`;

const specs: readonly (readonly [string, string])[] = [
  ...Object.entries(cases).map(([, c], i) => [`case${i}`, c.text] as const),
  ...Object.values(lossSpecs).map((c, i) => [`loss${i}`, c.text] as const),
  ...Object.entries(compiledOnly),
  ...readdirSync(path.join(root, 'examples'))
    .filter((f) => f.endsWith('.nrm'))
    .map((f) => [path.basename(f, '.nrm'), readFileSync(path.join(root, 'examples', f), 'utf8')] as const),
];

test('all examples, strict flags on, library types checked by their own authors', () => {
  let count = 0;
  for (const [name, text] of specs) {
    for (const { kind, file } of emitAll(text, `${name}.nrm`)) {
      // A network may be called like its train but for case; `nrmc build` refuses to write both into one folder.
      const place = path.join(folder, name, kind);
      mkdirSync(place, { recursive: true });
      writeFileSync(path.join(place, file.path), file.text);
      count++;
    }
  }
  expect(count).toBeGreaterThan(specs.length);
  const place = path.join(folder, 'user');
  mkdirSync(place);
  for (const { kind, file } of emitAll(scenes, 'scenes.nrm'))
    if (kind === 'train') writeFileSync(path.join(place, file.path), file.text);
  writeFileSync(path.join(place, 'user.ts'), user);
  writeFileSync(
    path.join(folder, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: {
        target: 'ES2022',
        lib: ['ES2022', 'DOM'],
        module: 'nodenext',
        types: [],
        strict: true,
        noUncheckedIndexedAccess: true,
        exactOptionalPropertyTypes: true,
        verbatimModuleSyntax: true,
        noUnusedLocals: true,
        noUnusedParameters: true,
        noImplicitReturns: true,
        isolatedModules: true,
        erasableSyntaxOnly: true,
        allowImportingTsExtensions: true,
        noEmit: true,
        // Of tfjs, not of ours: its own declarations clash with the DOM library of newer compilers.
        skipLibCheck: true,
        paths: {
          'nrmc/runtime': [path.join(root, 'src/runtime/index.ts')],
          'nrmc/runtime/training': [path.join(root, 'src/runtime/training.ts')],
          'nrmc/runtime/node': [path.join(root, 'src/runtime/node/index.ts')],
        },
      },
      include: ['.'],
    }),
  );
  const result = spawnSync(process.execPath, [path.join(root, 'node_modules/typescript/bin/tsc'), '-p', folder], {
    encoding: 'utf8',
  });
  const ours = result.stdout.split('\n').filter((line) => line !== '' && !/src\/(runtime|report)\//.test(line));
  expect(ours).toEqual([]);
});

test('the same spec gives the same bytes', () => {
  for (const [name, text] of specs) expect(emitAll(text, `${name}.nrm`)).toEqual(emitAll(text, `${name}.nrm`));
});
