// Writes docs/lints.md and grammar/nrmc.schema.json from the catalogue of diagnostics. `node scripts/lints.ts`; a test compares.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { configSchema } from '../src/config/schema.ts';
import { lints } from '../src/diagnostics/catalog/lints.ts';
import { settable } from '../src/diagnostics/catalog/settable.ts';
import { root } from './tools.ts';

const row = ({ code, severity, title }: { readonly code: string; readonly severity: string; readonly title: string }) =>
  `| [${code}](errors/${code}.md) | ${severity} | ${title} |`;

const page = (): string => `# Lints

<!-- Written by scripts/lints.ts from the catalogue; do not edit. -->

A spec with a lint compiles. It says something that may not be what was meant: a known trap of the field, or something that does nothing.
\`nrmc explain CODE\` shows each with a wrong and a right example.

| code | level | |
|---|---|---|
${settable.map(row).join('\n')}

## One place

\`\`\`nrm
network Net with Normed {
  input image: float32[28, 28, 1]
  conv(16, kernel: 3, bias: true)  norm  act  // allow NRM6006: the weights we start from have one
  flatten
  classifier: dense(10)
}

policy Normed { norm: batch  act: relu }
\`\`\`

\`// allow CODE: reason\` leaves a lint out. It is about what begins on its line; alone on a line, about the next line that is no comment.
A step, rule or declaration that begins there is meant as a whole: above a \`network\` it is about all of it. Several codes stand with
commas. The place is where the lint points at first (\`^^^\`), in the file that it shows. At an \`import\` it is about all that comes through
it, so that findings in a file of others can be allowed too.

Without a reason nothing is left out (${lints.allowWithoutReason.code}), errors cannot be allowed (${lints.notAllowable.code}), and what allows nothing
is said (${lints.idleAllow.code}). It is a comment: it may stand at any place, formatting keeps it, and it changes nothing that is compiled.

## A project

\`nrmc.json\` in the folder of a project, or in one above, says what each lint counts as; the nearest one to the spec counts.

\`\`\`json
{
  "$schema": "node_modules/nrmc/grammar/nrmc.schema.json",
  "lints": { "NRM6012": "off", "NRM6002": "error" },
  "imports": ["../common"]
}
\`\`\`

Levels are \`off\`, \`remark\`, \`warning\` and \`error\`; with \`error\` nothing is built or trained. \`imports\` names folders outside of the
project that its specs may import from. \`nrmc check --deny-warnings\` exits with 1 on warnings.

## Repairs

\`nrmc check --fix\` applies what is certain, to errors and lints alike, and says what remains. \`--fix --dry-run\` prints the change and
writes nothing.
`;

/** Lists of words on one line, as the formatter has them. */
const json = (value: object): string =>
  `${JSON.stringify(value, null, 2).replace(/\[\s+("[^\]]*?")\s+\]/g, (_, items: string) => `[${items.replace(/\s+/g, ' ')}]`)}\n`;

/** By path from the root. */
export const generate = (): ReadonlyMap<string, string> =>
  new Map([
    ['docs/lints.md', page()],
    ['grammar/nrmc.schema.json', json(configSchema())],
  ]);

if (process.argv[1] === import.meta.filename)
  for (const [file, text] of generate()) writeFileSync(path.join(root, file), text);
