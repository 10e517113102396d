/**
 * Running emitted code: write it, import it. It imports `nrmc/runtime` and tfjs-core by name; wherever it lies, those names lead to
 * this nrmc's own copies, so that there is one engine.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { EmittedFile } from '../codegen/tfjs/index.ts';

/** `.ts` when nrmc runs from its sources, `.js` when it is built. */
const extension = path.extname(new URL(import.meta.url).pathname);

function provideRuntime(): void {
  const own: Readonly<Record<string, string>> = {
    'nrmc/runtime': new URL(`../runtime/index${extension}`, import.meta.url).href,
    'nrmc/runtime/node': new URL(`../runtime/node/index${extension}`, import.meta.url).href,
    '@tensorflow/tfjs-core': import.meta.resolve('@tensorflow/tfjs-core'),
  };
  registerHooks({
    resolve(specifier, context, next) {
      const url = own[specifier];
      return url === undefined ? next(specifier, context) : { url, shortCircuit: true };
    },
    // Emitted files are modules, whatever the package.json above the folder says, or does not say.
    load: (url, context, next) => next(url, url.startsWith('file:') && url.endsWith('.ts') && !url.includes('/node_modules/') ? { ...context, format: 'module-typescript' } : context),
  });
}

/** Imports an emitted file from where it lies. */
export async function importEmitted(file: string): Promise<Readonly<Record<string, unknown>>> {
  provideRuntime();
  return import(pathToFileURL(path.resolve(file)).href);
}

/** Writes emitted files into a folder that is gone again when `use` ends, and imports the first. */
export async function withEmitted<T>(files: readonly EmittedFile[], use: (module: Readonly<Record<string, unknown>>) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), 'nrmc-'));
  try {
    for (const file of files) writeFileSync(path.join(folder, file.path), file.text);
    return await use(await importEmitted(path.join(folder, files[0]?.path ?? '')));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
