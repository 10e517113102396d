// Writes docs/methods.md: every method, where it is written, what proves it and which example uses it. `node scripts/methods.ts`; a test
// compares, so that a method without a proof or an example fails.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { methods, type ReferenceSection } from '../src/check/reference.ts';
import { exampleMentions, type Mention } from './methods/mentions.ts';
import { type Proof, proofTable } from './methods/proofs.ts';
import { root } from './tools.ts';

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

export interface MethodRow {
  readonly section: string;
  readonly name: string;
  readonly doc: string;
  readonly proof: Proof | null;
  /** The first example that uses it; null when none does. */
  readonly example: string | null;
}

/** Sections whose words are keys are the settings that the others are values of: their values are proved, not they. */
const isOfKeys = ({ keysOf }: ReferenceSection): boolean => keysOf !== null && keysOf !== 'stop';

export function methodRows(): readonly MethodRow[] {
  const files = [...exampleMentions()];
  const exampleOf = (uses: (mention: Mention) => boolean): string | null =>
    files.find(([, mentions]) => mentions.some(uses))?.[0] ?? null;
  return methods()
    .filter((s) => !isOfKeys(s))
    .flatMap(({ title, keys, keysOf, entries }) =>
      entries.map(({ name, doc }) => ({
        section: title,
        name,
        doc,
        proof: proofTable[title]?.[name] ?? null,
        example: exampleOf(({ key, value }) =>
          keysOf === null ? keys.includes(key) && value === name : key === keysOf && value === `${name}:`,
        ),
      })),
    );
}

const link = (file: string): string => `[${path.basename(file)}](../${file})`;

const rowText = ({ name, doc, proof, example }: MethodRow): string => {
  const proved = proof === null ? '' : `${proof.against}: ${link(proof.files[0])}`;
  return `| \`${name}\` | ${cell(doc)} | ${cell(proved)} | ${example === null ? '' : link(example)} |`;
};

/** The text of docs/methods.md. */
export function methodsPage(): string {
  const rows = methodRows();
  const sections = methods()
    .filter((s) => !isOfKeys(s))
    .map(({ title, where }) => {
      const own = rows.filter((r) => r.section === title);
      return `## ${title}\n\nWritten in ${where}.\n\n| | | proved by | example |\n|---|---|---|---|\n${own.map(rowText).join('\n')}\n`;
    });
  return `# Methods: the catalogue

Written by \`node scripts/methods.ts\` from the tables that the checker reads. \`nrmc show --methods\` prints it; the arguments of each are in
[reference.md](reference.md), and \`nrmc explain batch\` prints one. What it is proved by compares values and gradients, or trajectories, with those of
an independent framework, recorded by the scripts in [scripts/oracle](../scripts/oracle), or with a law that must hold; every gradient is also compared
with finite differences. \`nrmc sweep examples/methods/norms.nrm --data examples/data\` trains with each of its methods, and so do the others there.

${sections.join('\n')}`;
}

const called = process.argv[1];
if (called !== undefined && import.meta.url === pathToFileURL(called).href)
  writeFileSync(path.join(root, 'docs/methods.md'), methodsPage());
