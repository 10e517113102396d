/** Whether Node and TypeScript take the `.ts` files of a folder for ECMAScript modules. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The nearest package.json decides. None at all, or one without `type`, leaves it to guessing, which warns and can fail. */
export function isModuleFolder(folder: string): boolean {
  for (let at = path.resolve(folder); ; at = path.dirname(at)) {
    const manifest = path.join(at, 'package.json');
    // The folder's own package.json is the user's to decide on.
    if (existsSync(manifest)) return typeOf(manifest) === 'module' || at === path.resolve(folder);
    if (at === path.dirname(at)) return false;
  }
}

function typeOf(manifest: string): unknown {
  try {
    const content: unknown = JSON.parse(readFileSync(manifest, 'utf8'));
    return typeof content === 'object' && content !== null && 'type' in content ? content.type : undefined;
  } catch {
    // One that cannot be read says nothing.
    return undefined;
  }
}
