/**
 * Running emitted code: write it, import it. It imports `nrmc/runtime` and tfjs-core by name; wherever it lies, those names lead to
 * this nrmc's own copies, so that there is one engine.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { EmittedFile } from '../codegen/tfjs/index.ts';
import { failure, runtimeErrors } from '../runtime/errors.ts';
import type { RunConfig } from '../runtime/model.ts';
import type { AnyNetwork, AnyTrain } from '../runtime/modules.ts';
import { loadModules, modulesOf, relocated } from '../runtime/node/externs.ts';

/** `.ts` when nrmc runs from its sources, `.js` when it is built. */
const extension = path.extname(new URL(import.meta.url).pathname);

let provided = false;

/** Once a process: a worker imports many. */
export function provideRuntime(): void {
  if (provided) return;
  provided = true;
  const own: Readonly<Record<string, string>> = {
    'nrmc/runtime': new URL(`../runtime/index${extension}`, import.meta.url).href,
    'nrmc/runtime/training': new URL(`../runtime/training${extension}`, import.meta.url).href,
    'nrmc/runtime/node': new URL(`../runtime/node/index${extension}`, import.meta.url).href,
    '@tensorflow/tfjs-core': import.meta.resolve('@tensorflow/tfjs-core'),
  };
  registerHooks({
    resolve(specifier, context, next) {
      const url = own[specifier];
      return url === undefined ? next(specifier, context) : { url, shortCircuit: true };
    },
    // Emitted files are modules, whatever the package.json above the folder says, or does not say.
    load: (url, context, next) =>
      next(
        url,
        url.startsWith('file:') && url.endsWith('.ts') && !url.includes('/node_modules/')
          ? { ...context, format: 'module-typescript' }
          : context,
      ),
  });
}

/** Imports an emitted file from where it lies. */
async function importEmitted(file: string): Promise<Readonly<Record<string, unknown>>> {
  provideRuntime();
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  await loadModules(modulesOf([{ path: path.basename(file), text }], path.dirname(file)));
  return import(pathToFileURL(path.resolve(file)).href);
}

/** Writes emitted files into a folder that is gone again when `use` ends. `from`: where the paths of their modules begin. */
export async function withEmitted<T>(
  files: readonly EmittedFile[],
  use: (folder: string) => Promise<T>,
  from = '.',
): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), 'nrmc-'));
  try {
    for (const file of relocated(files, from, folder)) writeFileSync(path.join(folder, file.path), file.text);
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** An emitted entry, `<train>.train.ts`, and the module beside it. Imported, it does not train by itself. */
export async function importTrain(entry: string): Promise<{ readonly module: AnyTrain; readonly config: RunConfig }> {
  const module = await importEmitted(entry.replace(/\.train\.ts$/, '.ts'));
  const { config } = await importEmitted(entry);
  const missing = [...networkFunctions, 'initOptimizer', 'step', 'inspect'].filter(
    (name) => typeof module[name] !== 'function',
  );
  if (typeof config === 'object' && config !== null && 'spec' in config && !('outputs' in config)) {
    const why = 'its code is of an older nrmc; train it again, or use the nrmc that trained it';
    throw failure(runtimeErrors.notARun, { folder: path.dirname(entry), why });
  }
  if (missing.length > 0 || typeof config !== 'object' || config === null || !('spec' in config)) {
    const why = `its code is not what nrmc emits${missing.length === 0 ? '' : `: ${missing.join(', ')} missing`}`;
    throw failure(runtimeErrors.notARun, { folder: path.dirname(entry), why });
  }
  // Their presence was checked; emitted code is held to their types by compiling it under strict flags, in the tests.
  return { module: module as unknown as AnyTrain, config: config as RunConfig };
}

const networkFunctions = ['init', 'evaluate', 'freeze', 'predict'];

/** An emitted module of a network, with or without a training step. */
export const importNetwork = async (file: string): Promise<AnyNetwork> =>
  // Emitted a moment ago, by this nrmc.
  (await importEmitted(file)) as unknown as AnyNetwork;
