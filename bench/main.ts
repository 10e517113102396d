/**
 * `npm run bench`: medians, side by side in one run, as a table. `--against 'FILE ARG…'` (repeatable) adds any script that prints a
 * line of JSON with `mode` and `medianMs`; `--rounds N` how often each is run in turn (3). Nothing here is a test: machines are shared.
 */
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: { against: { type: 'string', multiple: true, default: [] }, rounds: { type: 'string', default: '3' } },
});
const rounds = Math.max(1, Number.parseInt(values.rounds, 10) || 3);
const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

type Line = Readonly<Record<string, unknown>>;

/** Runs a script and reads the last line of JSON it prints; null with the reason when it fails. */
function run(command: readonly string[]): Line | string {
  const result = spawnSync(process.execPath, [...command], {
    encoding: 'utf8',
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2' },
  });
  const line = result.stdout.split('\n').findLast((l) => l.startsWith('{'));
  if (line === undefined) return (result.stderr.trim().split('\n').at(-1) ?? 'no output').slice(0, 100);
  return JSON.parse(line) as Line;
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

function compiler(): string {
  const warm = run([here('compile.ts')]);
  const check = [here('../bin/nrmc.js'), 'check', here('../examples/lenet.nrm')];
  const times = Array.from({ length: 7 }, () => {
    const start = performance.now();
    spawnSync(process.execPath, check);
    return performance.now() - start;
  });
  const leaks = run([here('leaks.ts')]);
  return table([
    ['compiler and memory', 'measured'],
    [
      typeof warm === 'string' ? 'parse to text' : String(warm.mode),
      typeof warm === 'string' ? warm : `${number(warm, 'medianMs')} ms`,
    ],
    ['`nrmc check examples/lenet.nrm`, whole process (build first)', `${median(times).toFixed(0)} ms`],
    [
      typeof leaks === 'string' ? 'memory' : String(leaks.mode),
      typeof leaks === 'string' ? leaks : (leaks.seen as readonly string[]).join('; '),
    ],
  ]);
}

for (const part of [steps, inference, compiler]) console.log(`${part()}\n`);
