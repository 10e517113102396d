// Compiles src/ to dist/ and copies what is not TypeScript (a companion module, a template) to the same place there.
// Before that, each place of the grammar where reading can fail must have its message.
import { cpSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { siteCoverage } from './sites.ts';
import { root, runTool } from './tools.ts';

const source = path.join(root, 'src');
const target = path.join(root, 'dist');

const { faults } = siteCoverage();
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exit(1);

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
