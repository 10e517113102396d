/**
 * Parsing and checking, warm: `node bench/check.ts`. A network of the size of ResNet-50 (174 layers, from the library), and generated
 * files of 1,250 to 10,000 lines: time and memory should grow as the lines do. `--cold FILE` writes the ResNet for timing a process.
 */
import { writeFileSync } from 'node:fs';
import process from 'node:process';
import { check, loadProgram } from '../src/check/index.ts';
import { libraryFiles } from '../src/library/index.ts';
import { parse } from '../src/parser/index.ts';
import { median } from './emitted.ts';

/** ResNet-50 and what it is made of, in one file, under its policy. */
export function residual50(): string {
  const part = (file: string, name: string): string =>
    new RegExp(`^(network|block|policy) ${name}\\b[\\s\\S]*?^}`, 'm').exec(libraryFiles.get(file) ?? '')?.[0] ?? '';
  return [
    part('nrmc/policies.nrm', 'Classic'),
    part('nrmc/residual.nrm', 'Bottleneck'),
    part('nrmc/residual.nrm', 'ResidualStem'),
    part('nrmc/residual.nrm', 'ResNet50'),
  ].join('\n\n');
}

const lineOf = ['  conv(16, kernel: 3)\n', '  norm\n', '  act\n', '  sum { | conv(16, kernel: 3) | identity }\n'];

/** A network of so many lines, a step in each, as a generator writes them; a sum in every fourth. */
export const generated = (lines: number): string => `network Big with Usual {
  input image: float32[64, 64, 16]
${Array.from({ length: lines }, (_, i) => lineOf[i % lineOf.length]).join('')}  global_avgpool
  dense(10)
}

policy Usual { norm: batch  act: relu  conv, dense { init: kaiming  decay: 1e-4 } }
`;

function once(text: string): { readonly ms: number; readonly layers: number; readonly megabytes: number } {
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const start = performance.now();
  const checked = check(loadProgram(parse(text, 'bench.nrm').tree, text));
  const ms = performance.now() - start;
  globalThis.gc?.();
  const megabytes = (process.memoryUsage().heapUsed - before) / 1e6;
  if (checked.diagnostics.some((d) => d.severity === 'error')) throw new Error('the bench has a mistake');
  return { ms, layers: [...checked.networks.values()].reduce((n, m) => n + m.layers.length, 0), megabytes };
}

const cold = process.argv.indexOf('--cold');
if (cold >= 0) writeFileSync(process.argv[cold + 1] ?? 'residual50.nrm', residual50());
else {
  const warm = Array.from({ length: 25 }, () => once(residual50())).slice(5);
  const grown = [1250, 2500, 5000, 10_000].map((lines) => {
    const runs = Array.from({ length: 5 }, () => once(generated(lines))).slice(1);
    const ms = median(runs.map((r) => r.ms));
    const megabytes = median(runs.map((r) => r.megabytes));
    return { lines, ms, text: `${lines}: ${ms.toFixed(0)} ms, ${megabytes.toFixed(0)} MB kept` };
  });
  console.log(
    JSON.stringify({
      mode: `parse and check ResNet-50, ${warm[0]?.layers} layers, warm`,
      medianMs: +median(warm.map((w) => w.ms)).toFixed(1),
      seen: grown.map((g) => g.text),
    }),
  );
}
