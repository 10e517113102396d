/** Where the experiments are, and what runs them. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../tools.ts';

export const folder = path.join(root, 'examples/experiments');

export const names: readonly string[] = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  .sort();

export const fileOf = (name: string, ending: 'nrm' | 'svg'): string => path.join(folder, name, `${name}.${ending}`);
export const readmeOf = (name: string): string => path.join(folder, name, 'README.md');

/** Arguments of the one command on the page: `sweep FILE …`. */
export function commandOf(name: string): readonly string[] {
  const command = /^npx nrmc (sweep .*)$/m.exec(readFileSync(readmeOf(name), 'utf8'))?.[1];
  if (command === undefined) throw new Error(`${readmeOf(name)} has no line \`npx nrmc sweep …\``);
  return command.trim().split(/\s+/);
}
