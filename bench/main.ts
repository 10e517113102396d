/**
 * `npm run bench`: medians, side by side in one run, as a table. `--against 'FILE ARG…'` (repeatable) adds any script that prints a
 * line of JSON with `mode` and `medianMs`; `--rounds N` how often each is run in turn (3). Nothing here is a test: machines are shared.
 */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: { against: { type: 'string', multiple: true, default: [] }, rounds: { type: 'string', default: '3' } },
});
const rounds = Math.max(1, Number.parseInt(values.rounds, 10) || 3);
const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

type Line = Readonly<Record<string, unknown>>;

/** Runs a script and reads the last line of JSON it prints, or says why it failed. */
function run(command: readonly string[]): Line | string {
  const lines = runAll(command);
  return typeof lines === 'string' ? lines : (lines.at(-1) ?? 'no output');
}

/** All lines of JSON that a script prints, or why it failed. */
function runAll(command: readonly string[]): readonly Line[] | string {
  const result = spawnSync(process.execPath, [...command], {
    encoding: 'utf8',
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2' },
  });
  const lines = result.stdout.split('\n').filter((l) => l.startsWith('{'));
  if (lines.length === 0) return (result.stderr.trim().split('\n').at(-1) ?? 'no output').slice(0, 100);
  return lines.map((line) => JSON.parse(line) as Line);
}

const number = (line: Line, key: string): number => (typeof line[key] === 'number' ? line[key] : Number.NaN);
const median = (xs: readonly number[]): number => [...xs].sort((a, b) => a - b)[xs.length >> 1] ?? Number.NaN;
const table = (rows: readonly (readonly string[])[]): string => {
  const [head = [], ...body] = rows;
  return [
    `| ${head.join(' | ')} |`,
    `|${head.map(() => '---').join('|')}|`,
    ...body.map((r) => `| ${r.join(' | ')} |`),
  ].join('\n');
};

/** Each command in turn, round after round, so that a slow minute of the machine is everybody's. */
function steps(): string {
  const commands = [[here('step.ts'), 'wasm'], [here('step.ts'), 'node'], ...values.against.map((a) => a.split(/\s+/))];
  const seen = commands.map((): { mode: string; ms: number[]; why: string | null } => ({
    mode: '',
    ms: [],
    why: null,
  }));
  for (let round = 0; round < rounds; round++) {
    commands.forEach((command, i) => {
      const row = seen[i];
      const line = row === undefined || row.why !== null ? null : run(command);
      if (row === undefined || line === null) return;
      if (typeof line === 'string') row.why = line;
      else {
        row.mode = String(line.mode);
        row.ms.push(number(line, 'medianMs'));
      }
    });
  }
  const first = median(seen[0]?.ms ?? []);
  return table([
    ['train step, batch 64', 'median ms', 'least', 'most', 'of nrmc wasm'],
    ...seen.map((row, i) => {
      const name =
        i < 2 ? `nrmc ${i === 0 ? 'wasm' : 'node'}` : `${row.mode} (${commands[i]?.[0]?.split('/').at(-1) ?? ''})`;
      if (row.why !== null) return [name, `not run: ${row.why}`, '', '', ''];
      return [
        name,
        median(row.ms).toFixed(1),
        Math.min(...row.ms).toFixed(1),
        Math.max(...row.ms).toFixed(1),
        (median(row.ms) / first).toFixed(2),
      ];
    }),
  ]);
}

function inference(): string {
  const rows = ['Bench', 'Deep'].map((name) => {
    const lines = Array.from({ length: rounds }, () => run([here('infer.ts'), name, 'wasm'])).filter(
      (l) => typeof l !== 'string',
    );
    const unfolded = median(lines.map((l) => number(l, 'unfoldedMs')));
    const folded = median(lines.map((l) => number(l, 'foldedMs')));
    return [name, unfolded.toFixed(1), folded.toFixed(1), (folded / unfolded).toFixed(2)];
  });
  return table([
    ['inference of conv-BN nets (folding.nrm), wasm, batch 64', 'unfolded ms', 'folded ms', 'folded / unfolded'],
    ...rows,
  ]);
}

/** Each norm beside batch norm: a step of a net under it, and its two kernels. */
function norms(): string {
  const lines = runAll([here('norms.ts'), 'wasm']);
  if (typeof lines === 'string')
    return table([
      ['norms', 'measured'],
      ['wasm', lines],
    ]);
  return table([
    ['norms', 'median ms', 'of batch norm', 'gradient derived op by op / closed form'],
    ...lines.map((line) => [
      String(line.mode),
      number(line, 'medianMs').toFixed(1),
      number(line, 'ofBatch').toFixed(2),
      line.derivedOfClosed === undefined ? '' : number(line, 'derivedOfClosed').toFixed(1),
    ]),
  ]);
}

/** Median time of a whole process. */
function timed(command: readonly string[]): number {
  const times = Array.from({ length: 7 }, () => {
    const start = performance.now();
    spawnSync(process.execPath, [...command]);
    return performance.now() - start;
  });
  return median(times);
}

function compiler(): string {
  const warm = runAll([here('compile.ts')]);
  const format = run([here('format.ts')]);
  const small = timed([here('../bin/nrmc.js'), 'check', here('../examples/lenet.nrm')]);
  const leaks = run([here('leaks.ts')]);
  const checking = run(['--expose-gc', here('check.ts')]);
  const large = path.join(tmpdir(), `nrmc-bench-${process.pid}.nrm`);
  spawnSync(process.execPath, [here('check.ts'), '--cold', large]);
  const cold = timed([here('../bin/nrmc.js'), 'check', large]);
  rmSync(large, { force: true });
  return table([
    ['compiler and memory', 'measured'],
    ...(typeof warm === 'string'
      ? [['parse to text', warm]]
      : warm.map((line) => [String(line.mode), `${number(line, 'medianMs')} ms`])),
    typeof format === 'string' ? ['formatting', format] : [String(format.mode), `${number(format, 'medianMs')} ms`],
    ['`nrmc check examples/lenet.nrm`, whole process (build first)', `${small.toFixed(0)} ms`],
    ['the same of ResNet-50', `${cold.toFixed(0)} ms`],
    ...(typeof checking === 'string'
      ? [['checking', checking]]
      : [
          [String(checking.mode), `${number(checking, 'medianMs')} ms`],
          ['parse and check a generated file, by lines', (checking.seen as readonly string[]).join('; ')],
        ]),
    [
      typeof leaks === 'string' ? 'memory' : String(leaks.mode),
      typeof leaks === 'string' ? leaks : (leaks.seen as readonly string[]).join('; '),
    ],
  ]);
}

for (const part of [steps, norms, inference, compiler]) console.log(`${part()}\n`);
