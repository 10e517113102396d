/** What a terminal can show, by what its environment says. */

export type Environment = Readonly<Record<string, string | undefined>>;

/** `NO_COLOR` and `FORCE_COLOR` as https://no-color.org and Node read them: an empty NO_COLOR says nothing, `FORCE_COLOR=0` forces none. */
export function wantsColor(environment: Environment, isTerminal: boolean): boolean {
  const { NO_COLOR: none = '', FORCE_COLOR: forced, TERM: terminal } = environment;
  if (none !== '') return false;
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return isTerminal && terminal !== 'dumb';
}

/** The C locale and the console of Linux cannot show box drawing. */
export function showsUnicode({ LC_ALL, LC_CTYPE, LANG, TERM }: Environment): boolean {
  // As in POSIX, an empty variable is one that is not set.
  const locale = [LC_ALL, LC_CTYPE, LANG].find((value) => value !== undefined && value !== '') ?? '';
  return locale !== 'C' && locale !== 'POSIX' && TERM !== 'linux';
}
