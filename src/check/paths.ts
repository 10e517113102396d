/** Paths of imports, with `/` on every system. */

/** Where `written` leads from the file `importer`: `a/net.nrm` and `./b.nrm` make `a/b.nrm`. Paths of the library stay as they are. */
export function resolvePath(importer: string, written: string): string {
  if (written.startsWith('nrmc/')) return written;
  const plain = written.replaceAll('\\', '/');
  if (plain.startsWith('/') || /^[A-Za-z]:\//.test(plain)) return plain;
  const from = importer.replaceAll('\\', '/').split('/').slice(0, -1);
  const parts: string[] = [];
  for (const part of [...from, ...plain.split('/')]) {
    if (part === '.' || (part === '' && parts.length > 0)) continue;
    const last = parts.at(-1);
    if (part === '..' && last !== undefined && last !== '..' && last !== '') parts.pop();
    else parts.push(part);
  }
  return parts.join('/');
}

/** The path that leads from the folder of the file `from` to `to`, as an import writes it: `./gate.ts`. An absolute one stays as it is. */
export function relativePath(from: string, to: string): string {
  const isAbsolute = (path: string): boolean => path.startsWith('/') || /^[A-Za-z]:\//.test(path);
  const source = from.replaceAll('\\', '/');
  if (isAbsolute(to) && !isAbsolute(source)) return to;
  const folder = source
    .split('/')
    .slice(0, -1)
    .filter((part) => part !== '.');
  const parts = to.split('/');
  let shared = 0;
  while (shared < folder.length && shared < parts.length - 1 && folder[shared] === parts[shared]) shared++;
  const up = folder.slice(shared).map(() => '..');
  const way = [...up, ...parts.slice(shared)];
  return (way[0] === '..' ? way : ['.', ...way]).join('/');
}
