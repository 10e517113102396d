/** What the command line may say of a sweep. */
import type { AllowOptions } from '../allow-extern.ts';
import type { ImportOptions } from '../options.ts';
import type { OverrideOptions } from '../overrides.ts';

export interface SweepOptions extends OverrideOptions, AllowOptions, ImportOptions {
  readonly backend?: 'auto' | 'node' | 'wasm' | 'cpu';
  readonly epochs?: number;
  readonly data?: string;
  readonly folder?: string;
  readonly jobs?: number;
  readonly dryRun?: true;
  readonly skipInvalid?: true;
  readonly resume?: string;
}
