import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test, vi } from 'vitest';
import { chooseBackend } from '../../../src/runtime/node/backend.ts';
import { refusal, temporary } from './helpers.ts';

/** A folder with a tfjs-node of these contents. */
function withTfjsNode(code: string): readonly string[] {
  const folder = temporary();
  const place = path.join(folder, 'node_modules/@tensorflow/tfjs-node');
  mkdirSync(place, { recursive: true });
  writeFileSync(path.join(place, 'package.json'), '{ "main": "index.js" }');
  writeFileSync(path.join(place, 'index.js'), code);
  return [folder];
}

describe('auto', () => {
  test('without tfjs-node: WebAssembly, and why; tfjs says nothing', async () => {
    const said = vi.spyOn(console, 'warn');
    expect(await chooseBackend('auto', { from: [temporary()] })).toMatchInlineSnapshot(`
      {
        "name": "wasm",
        "why": "WebAssembly, runs everywhere; tfjs-node is not installed",
      }
    `);
    expect(tf.getBackend()).toBe('wasm');
    await chooseBackend('cpu');
    tf.dispose(tf.add(1, 2));
    expect(tf.getBackend()).toBe('cpu');
    expect(said).not.toHaveBeenCalled();
  });

  test('with a tfjs-node that does not load: WebAssembly, and why', async () => {
    const from = withTfjsNode("throw new Error('libtensorflow.so.2: cannot open shared object file\\n  at …');");
    expect(await chooseBackend('auto', { from })).toMatchInlineSnapshot(`
      {
        "name": "wasm",
        "why": "WebAssembly, runs everywhere; tfjs-node does not load: libtensorflow.so.2: cannot open shared object file",
      }
    `);
  });

  test('with one that loads', async () => {
    const core = path.resolve('node_modules/@tensorflow/tfjs-core');
    const cpu = path.resolve('node_modules/@tensorflow/tfjs-backend-cpu');
    const from = withTfjsNode(`
      const tf = require(${JSON.stringify(core)});
      const { MathBackendCPU } = require(${JSON.stringify(cpu)});
      const util = require('node:util');
      if (!util.isArray([]) || !util.isNullOrUndefined(null)) throw new Error('util');
      const binding = new Proxy({}, { get: () => 0 });
      const executeMultipleOutputs = () => [tf.scalar(0)];
      tf.registerBackend('tensorflow', () => Object.assign(new MathBackendCPU(), { binding, executeMultipleOutputs }));
      module.exports = tf;
    `);
    expect(await chooseBackend('auto', { from })).toMatchInlineSnapshot(`
      {
        "name": "node",
        "why": "tfjs-node is installed",
      }
    `);
    expect(tf.getBackend()).toBe('tensorflow');
    await chooseBackend('cpu');
    tf.removeBackend('tensorflow');
  });
});

describe('by name', () => {
  test('wasm leaves the process as it was', async () => {
    const before = [process.listenerCount('uncaughtException'), process.listenerCount('unhandledRejection')];
    expect(await chooseBackend('wasm')).toEqual({ name: 'wasm', why: 'as asked' });
    expect([process.listenerCount('uncaughtException'), process.listenerCount('unhandledRejection')]).toEqual(before);
  });

  test('node, which is not installed', async () => {
    expect(await refusal(() => chooseBackend('node', { from: [temporary()] }))).toMatchInlineSnapshot(`
      "error[NRM5108]: backend \`node\` cannot be used: tfjs-node is not installed
        = help: install it (\`npm install @tensorflow/tfjs-node\`), or use \`--backend wasm\`, which needs nothing
        = explain: nrmc explain NRM5108"
    `);
  });

  test('node, which does not load', async () => {
    const from = withTfjsNode("throw new Error('The specified module could not be found.');");
    expect(await refusal(() => chooseBackend('node', { from }))).toMatchInlineSnapshot(`
      "error[NRM5108]: backend \`node\` cannot be used: tfjs-node does not load: The specified module could not be found.
        = help: install it (\`npm install @tensorflow/tfjs-node\`), or use \`--backend wasm\`, which needs nothing
        = explain: nrmc explain NRM5108"
    `);
  });

  test('node, with an engine of its own', async () => {
    const from = withTfjsNode('module.exports = { engine: () => ({}) };');
    expect(await refusal(() => chooseBackend('node', { from }))).toMatchInlineSnapshot(`
      "error[NRM5108]: backend \`node\` cannot be used: tfjs-node has a tfjs-core of its own; it must be 4.22.0, like this one
        = help: install it (\`npm install @tensorflow/tfjs-node\`), or use \`--backend wasm\`, which needs nothing
        = explain: nrmc explain NRM5108"
    `);
  });
});
