// Everything `npm test` checks: format, lint, types, import rules, then the tests. Arguments go to vitest.
// The last line of the output is `N passed, N failed`, over the checks and the tests.
import { parseCLI, startVitest } from 'vitest/node';
import { runTool, type Tool } from './tools.ts';

const checks = {
  format: ['biome', 'check', '--linter-enabled=false', '.'],
  lint: ['biome', 'lint', '--error-on-warnings', '.'],
  types: ['tsc', '--project', 'tsconfig.json'],
  imports: ['depcruise', '--config', '.dependency-cruiser.mjs', 'src'],
} satisfies Record<string, [Tool, ...string[]]>;

let passed = 0;
let failed = 0;

for (const [name, [command, ...args]] of Object.entries(checks)) {
  const start = performance.now();
  const outcome = runTool(command, args);
  if (outcome.passed) passed++;
  else failed++;
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${outcome.passed ? 'ok    ' : 'FAILED'}  ${name}  ${seconds} s`);
  if (!outcome.passed) console.log(`${outcome.output.trimEnd()}\n`);
}

const { filter, options } = parseCLI(['vitest', 'run', ...process.argv.slice(2)]);
const vitest = await startVitest(filter, { ...options, watch: false });
await vitest.close();

// A file that does not load or a promise rejected outside every test fails the run without failing a test.
failed += vitest.state.getUnhandledErrors().length;
const modules = vitest.state.getTestModules();
if (modules.length === 0) failed++;
for (const module of modules) {
  failed += module.errors().length;
  for (const test of module.children.allTests()) {
    const { state } = test.result();
    if (state === 'passed') passed++;
    else if (state !== 'skipped') failed++;
  }
  for (const suite of module.children.allSuites()) failed += suite.errors().length;
}

console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
