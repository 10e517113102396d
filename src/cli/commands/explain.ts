/** `nrmc explain CODE`: the page of an error code. */
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { files } from '../../diagnostics/catalog/files.ts';
import { catalog } from '../../diagnostics/catalog/index.ts';
import { nearest } from '../../diagnostics/nearest.ts';
import { runtimeErrors } from '../../runtime/errors.ts';
import { Refused, say } from '../terminal.ts';

export const explainCommand = (): Command =>
  new Command('explain')
    .description('the page of an error code')
    .argument('<code>', 'NRM and four digits')
    .action((given: string) => {
      const code = given.toUpperCase();
      const codes = [...Object.keys(catalog), ...Object.values(runtimeErrors).map((e) => e.code)];
      if (!codes.includes(code))
        throw new Refused([files.unknownCode.at(null, { code: given, nearest: nearest(code, codes) })]);
      say(readFileSync(new URL(`../../../docs/errors/${code}.md`, import.meta.url), 'utf8').trimEnd());
    });
