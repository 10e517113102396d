// Compiles src/ to dist/ and copies what is not TypeScript (a companion module, a template) to the same place there.
import { cpSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { root, runTool } from './tools.ts';

const source = path.join(root, 'src');
const target = path.join(root, 'dist');

rmSync(target, { recursive: true, force: true });
const { passed } = runTool('tsc', ['--project', 'tsconfig.build.json'], { show: true });
if (passed) {
  cpSync(source, target, {
    recursive: true,
    filter: (file) => statSync(file).isDirectory() || !file.endsWith('.ts'),
  });
} else {
  process.exitCode = 1;
}
