/** Which backend runs the tensors: tfjs-node where it loads, else WebAssembly, else plain JavaScript. */
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { enableProdMode, engine, env, ready, setBackend, version_core } from '@tensorflow/tfjs-core';
import { registerNodeKernels } from '../backends/node.ts';
import { failure, runtimeErrors } from '../errors.ts';

export const backendNames = ['node', 'wasm', 'cpu'] as const;
export type BackendName = (typeof backendNames)[number];

export interface Backend {
  readonly name: BackendName;
  /** Why this one, for people. */
  readonly why: string;
}

export interface BackendOptions {
  /** Where tfjs-node is looked for: from each of these folders up. Default: beside nrmc, then where the user is. */
  readonly from?: readonly string[];
}

/** Makes a backend current. `auto` tries them in turn; one asked for by name and not to be had is an error with the reason. */
export async function chooseBackend(
  wanted: 'auto' | BackendName = 'auto',
  options: BackendOptions = {},
): Promise<Backend> {
  // Without it tfjs greets on the console, and warns of kernels registered twice.
  enableProdMode();
  const reasons: string[] = [];
  for (const name of wanted === 'auto' ? backendNames : [wanted]) {
    const why = await loaders[name](options);
    if (why === null)
      return { name, why: [...(wanted === 'auto' ? [reasonsFor[name]] : ['as asked']), ...reasons].join('; ') };
    reasons.push(why);
  }
  throw failure(runtimeErrors.backendFails, { backend: wanted, why: reasons.join('; ') });
}

const reasonsFor: Readonly<Record<BackendName, string>> = {
  node: 'tfjs-node is installed',
  wasm: 'WebAssembly, runs everywhere',
  cpu: 'plain JavaScript',
};

/** Null when the backend is current, else why it is not. */
const loaders: Readonly<Record<BackendName, (options: BackendOptions) => Promise<string | null>>> = {
  node: loadNode,
  wasm: loadWasm,
  async cpu() {
    await import('@tensorflow/tfjs-backend-cpu');
    return activate('cpu');
  },
};

async function activate(tfjsName: string): Promise<string | null> {
  try {
    if (!(await setBackend(tfjsName))) return `tfjs has no backend \`${tfjsName}\` here`;
    await ready();
    return null;
  } catch (error) {
    return reasonOf(error);
  }
}

async function loadWasm(): Promise<string | null> {
  // The compiled module puts listeners on the process that turn every uncaught error into one of its own; they are taken off again.
  const uncaught = process.listeners('uncaughtException');
  const unhandled = process.listeners('unhandledRejection');
  try {
    await import('@tensorflow/tfjs-backend-wasm');
    if (!(await env().getAsync('WASM_HAS_SIMD_SUPPORT'))) return 'this WebAssembly has no SIMD';
    return await activate('wasm');
  } catch (error) {
    return reasonOf(error);
  } finally {
    for (const f of process.listeners('uncaughtException'))
      if (!uncaught.includes(f)) process.off('uncaughtException', f);
    for (const f of process.listeners('unhandledRejection'))
      if (!unhandled.includes(f)) process.off('unhandledRejection', f);
  }
}

const packageName = '@tensorflow/tfjs-node';

async function loadNode({ from = [import.meta.dirname, process.cwd()] }: BackendOptions): Promise<string | null> {
  const found = resolveNode(from);
  if (found === null) return 'tfjs-node is not installed';
  // TensorFlow reports the CPU's features on stderr; 2 keeps its errors.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  restoreUtil();
  try {
    const tfjs: unknown = createRequire(found)(found);
    const own = engine();
    const theirs = engineOf(tfjs);
    if (theirs !== own) return `tfjs-node has a tfjs-core of its own; it must be ${version_core}, like this one`;
    const why = await activate('tensorflow');
    if (why === null) registerNodeKernels();
    return why;
  } catch (error) {
    return `tfjs-node does not load: ${reasonOf(error)}`;
  }
}

function resolveNode(from: readonly string[]): string | null {
  for (const place of from) {
    try {
      return createRequire(pathToFileURL(path.join(place, 'package.json'))).resolve(packageName);
    } catch {
      // Not there; the next place may have it.
    }
  }
  return null;
}

function engineOf(tfjs: unknown): unknown {
  if (typeof tfjs !== 'object' || tfjs === null || !('engine' in tfjs) || typeof tfjs.engine !== 'function')
    return null;
  return tfjs.engine();
}

/** tfjs-node 4.22 calls two functions that newer versions of Node warn of, or do not have any more. */
function restoreUtil(): void {
  const util: Record<string, unknown> = createRequire(import.meta.url)('node:util');
  util.isNullOrUndefined = (value: unknown) => value === null || value === undefined;
  util.isArray = Array.isArray;
}

/** The first line, without a stack. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return (message.split('\n')[0] ?? '').trim() || 'no reason given';
}
