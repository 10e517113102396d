import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { compiled } from './test/compiled.ts';

const source = (path: string): string => fileURLToPath(new URL(`src/${path}`, import.meta.url));

export default defineConfig({
  resolve: {
    alias: [
      { find: /^nrmc$/, replacement: source('index.ts') },
      { find: /^nrmc\/runtime$/, replacement: source('runtime/index.ts') },
      { find: /^nrmc\/runtime\/node$/, replacement: source('runtime/node/index.ts') },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    environment: 'node',
    // Many tests start processes, which read the sources.
    globalSetup: ['test/compiled.ts'],
    env: { NODE_COMPILE_CACHE: compiled },
    // Many tests wait for processes of their own; by default one core would be left idle.
    maxWorkers: Math.max(2, availableParallelism()),
    // Nothing is timed; this catches what hangs, on a busy machine too.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
