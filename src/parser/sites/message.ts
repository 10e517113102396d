/** What is said where reading fails. */
export interface SiteMessage {
  /**
   * What stands in this place, as it goes on after "expected". A function is told the word or sign before it.
   */
  readonly expected: string | ((previous: string) => string);
  /** What to type: an example of this very construct. */
  readonly help: string;
}

export type SiteMessages = Readonly<Record<string, SiteMessage>>;

/** What a comma separates in a rule. */
export interface Separator {
  /** `arguments` */
  readonly items: string;
  /** `an argument` */
  readonly item: string;
  /** What such a list looks like. */
  readonly example: string;
}
