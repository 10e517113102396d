/** Writes the page of a run from what its folder has. Charts take a while to load, so they are when there is a page to write. */
import path from 'node:path';
import { writeWhole } from '../files.ts';
import { runFiles } from '../run-folder.ts';
import { resultsOf } from './read.ts';

/** Returns the page's path. `why`: of a run that has failed just now. */
export async function writeReport(folder: string, picture: string | null, why: string | null = null): Promise<string> {
  const { runPage } = await import('../../../report/run/page.ts');
  const file = path.join(folder, runFiles.report);
  writeWhole(file, runPage(resultsOf(folder, picture, why)));
  return file;
}
