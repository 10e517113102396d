/** Compiles a spec of this folder as `nrmc build` does and imports what comes out. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkNetwork, checkTrain, resolvedSpec } from '../src/check/index.ts';
import { importNetwork, withEmitted } from '../src/cli/emitted.ts';
import { emit } from '../src/codegen/tfjs/index.ts';
import { compileNetwork, compileTrain } from '../src/compile.ts';
import { parse } from '../src/parser/index.ts';
import type { AnyTrain } from '../src/runtime/modules.ts';

export const specText = (name: string): string => readFileSync(fileURLToPath(new URL(name, import.meta.url)), 'utf8');

export function emitTrain(text: string, name: string) {
  const { tree } = parse(text, 'bench.nrm');
  const { train, diagnostics } = checkTrain(tree, name);
  if (train === null) throw new Error(diagnostics.map((d) => d.message).join('\n'));
  return emit(compileTrain(train), { source: 'bench.nrm', version: 'bench', spec: resolvedSpec(train) });
}

export function emitNetwork(text: string, name: string) {
  const { tree } = parse(text, 'bench.nrm');
  const { model, diagnostics } = checkNetwork(tree, name);
  if (model === null) throw new Error(diagnostics.map((d) => d.message).join('\n'));
  return emit(compileNetwork(model), { source: 'bench.nrm', version: 'bench', spec: '' });
}

/** The module only: the entry would want data. */
export const withModule = <T>(files: ReturnType<typeof emit>, use: (net: AnyTrain) => Promise<T>): Promise<T> =>
  withEmitted(files, async (folder) => {
    const net = await importNetwork(path.join(folder, files[0]?.path ?? ''));
    // Benches ask for a step of trains only.
    return use(net as AnyTrain);
  });

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
