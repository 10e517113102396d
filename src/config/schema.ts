/** The JSON schema of `nrmc.json`, made of the catalogue: published as `grammar/nrmc.schema.json`. */
import { settable } from '../diagnostics/catalog/settable.ts';
import { levels } from './config.ts';

export const configSchema = (): object => ({
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'nrmc.json',
  description: 'Settings of a project of .nrm specs.',
  type: 'object',
  additionalProperties: false,
  properties: {
    $schema: { type: 'string', description: 'Path of this schema, for editors.' },
    lints: {
      description: 'What a finding counts as, by code; "off" leaves it out. Errors stay errors.',
      type: 'object',
      additionalProperties: false,
      properties: Object.fromEntries(
        settable.map(({ code, title, severity }) => [code, { enum: levels, default: severity, description: title }]),
      ),
    },
    imports: {
      description: 'Folders outside of the project that specs may import from, relative to the folder of nrmc.json.',
      type: 'array',
      items: { type: 'string', minLength: 1 },
    },
  },
});
