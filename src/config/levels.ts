/** Diagnostics at the levels that a project gives them. */
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Config } from './config.ts';

/** Errors stay errors, whatever is written; applying it twice is applying it once. */
export const withLevels = (diagnostics: readonly Diagnostic[], { lints }: Config): readonly Diagnostic[] =>
  diagnostics.flatMap((d) => {
    const level = d.severity === 'error' ? undefined : lints.get(d.code);
    if (level === undefined) return [d];
    return level === 'off' ? [] : [{ ...d, severity: level }];
  });
