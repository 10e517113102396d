// Writes docs/reference.md from the tables that the checker reads. `node scripts/reference.ts`; a test compares.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { type ReferenceEntry, type ReferenceSection, reference } from '../src/check/reference.ts';
import { root } from './tools.ts';

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function argumentsText({ arguments: args }: ReferenceEntry): string {
  return args
    .map((a) => {
      const value = a.default === null ? (a.required ? ' *must be given*' : '') : ` = \`${a.default}\``;
      return `\`${a.name}\`${a.positional ? ' ¹' : ''}${value}: ${a.doc || a.accepts}`;
    })
    .join('<br>');
}

const sectionText = ({ title, where, entries, later }: ReferenceSection): string => `## ${title}

Written in ${where}.

| | | arguments |
|---|---|---|
${entries.map((e) => `| \`${e.name}\` | ${cell(e.doc)} | ${cell(argumentsText(e))} |`).join('\n')}
${later.length === 0 ? '' : `\nKnown, and not compiled by this version: ${later.map((w) => `\`${w}\``).join(', ')}.\n`}`;

/** The text of docs/reference.md. */
export const referencePage = (): string => `# Reference: every word there is

Written by \`node scripts/reference.ts\` from the tables that the checker reads. \`nrmc explain batch\` prints one entry. ¹: may be given without its name, in this order.

${reference().map(sectionText).join('\n')}
Fields of data are \`float32[…]\`, \`int32[…]\`, \`class(n)\` or \`real\`; [data](data.md) has the other settings, [sweeps](sweeps.md)
those of a sweep. A search is checked, and not run yet.
`;

const called = process.argv[1];
if (called !== undefined && import.meta.url === pathToFileURL(called).href)
  writeFileSync(path.join(root, 'docs/reference.md'), referencePage());
