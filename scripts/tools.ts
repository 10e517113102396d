import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

const packages = {
  biome: '@biomejs/biome',
  depcruise: 'dependency-cruiser',
  tsc: 'typescript',
} as const;

export type Tool = keyof typeof packages;

export interface Outcome {
  readonly passed: boolean;
  readonly output: string;
}

/** Runs a tool of this project in the repository's root, on the Node that runs this; `show` sends its output to the terminal. */
export function runTool(tool: Tool, args: readonly string[], { show = false } = {}): Outcome {
  const stream = show ? 'inherit' : 'pipe';
  const result = spawnSync(process.execPath, [commandFile(tool), ...args], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', stream, stream],
    maxBuffer: 64 * 2 ** 20,
  });
  const output = result.error === undefined ? `${result.stdout ?? ''}${result.stderr ?? ''}` : String(result.error);
  return { passed: result.status === 0, output };
}

/** The JavaScript file behind a tool's command: unlike the link in node_modules/.bin it can be run by Node on any system. */
function commandFile(tool: Tool): string {
  const folder = path.join(root, 'node_modules', packages[tool]);
  const { bin } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as {
    bin: Readonly<Record<string, string>>;
  };
  const file = bin[tool];
  if (file === undefined) throw new Error(`${packages[tool]} has no command '${tool}'`);
  return path.join(folder, file);
}
