/** What the tests beside this file share. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { NrmcError, renderError } from '../../../src/runtime/errors.ts';

/** A folder that is gone after the test. */
export function temporary(): string {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'nrmc-test-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The text of the coded error that this ends with; folders of the test are shown as `…`. */
export async function refusal(run: () => unknown, folder?: string): Promise<string> {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof NrmcError)) throw error;
    const text = renderError(error);
    return folder === undefined ? text : text.replaceAll(folder, '…');
  }
  expect.fail('nothing was refused');
}
