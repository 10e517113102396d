/** Every diagnostic of the compiler. An author of a code adds it to the file of its room; a test holds codes and pages together. */
import type { Severity } from '../diagnostic.ts';
import { augment } from './augment.ts';
import { config } from './config.ts';
import { externs } from './externs.ts';
import { files } from './files.ts';
import { imports } from './imports.ts';
import { layers } from './layers.ts';
import { lints } from './lints.ts';
import { loop } from './loop.ts';
import { losses } from './losses.ts';
import { names } from './names.ts';
import { norms } from './norms.ts';
import { passes } from './passes.ts';
import { policies } from './policies.ts';
import { randomness } from './randomness.ts';
import { schedules } from './schedules.ts';
import { shapes } from './shapes.ts';
import { studies } from './studies.ts';
import { syntax } from './syntax.ts';
import { training } from './training.ts';
import { unsupported } from './unsupported.ts';
import { updates } from './updates.ts';

export interface CatalogEntry {
  readonly code: string;
  readonly severity: Severity;
  readonly title: string;
}

/** In the order of the codes' rooms; a code that stands here twice is an error of ours, which a test finds. */
export const definitions: readonly CatalogEntry[] = [
  files,
  config,
  syntax,
  names,
  shapes,
  layers,
  randomness,
  norms,
  externs,
  imports,
  policies,
  updates,
  training,
  loop,
  schedules,
  losses,
  augment,
  studies,
  lints,
  unsupported,
  passes,
].flatMap((room): CatalogEntry[] => Object.values(room));

/** By code. */
export const catalog: Readonly<Record<string, CatalogEntry>> = Object.fromEntries(definitions.map((d) => [d.code, d]));
