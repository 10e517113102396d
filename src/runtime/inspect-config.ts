/** When training is looked into: before the first update, and after every so many of them; null: after each epoch. */
export interface InspectConfig {
  readonly every: number | null;
}

/** What `--inspect` and `--inspect-every N` ask for: the second is enough. */
export const inspectConfig = (inspect: boolean | undefined, every: number | undefined): InspectConfig | undefined =>
  inspect === true || every !== undefined ? { every: every ?? null } : undefined;
