/** Values of the language after evaluation: what an argument or a setting holds once names and arithmetic are resolved. */
import type { Span } from '../diagnostics/diagnostic.ts';

export type Value = (
  | {
      readonly kind: 'number';
      readonly value: number;
      readonly percent: boolean;
      /** As written, for messages; absent when it was computed. */
      readonly text?: string;
    }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'string'; readonly value: string }
  /** A bare word: `relu`, `none`, `same`. */
  /** `open`: a size that only the data know; nothing can be computed with it. */
  | { readonly kind: 'word'; readonly word: string; readonly open?: true }
  /** `dropout(drop: 0.3)`; a bare word and a call without arguments are told apart by `kind`. */
  | {
      readonly kind: 'call';
      readonly name: string;
      readonly nameSpan: Span;
      readonly arguments: readonly ArgumentValue[];
    }
  | { readonly kind: 'list'; readonly items: readonly Value[] }
  | {
      readonly kind: 'record';
      readonly entries: readonly { readonly key: string; readonly keySpan: Span; readonly value: Value }[];
    }
) & {
  readonly span: Span;
  /** Of a parameter's value, which has the place where it is used: where it was given, as an argument or a default. */
  readonly origin?: Span;
  /** The name that stands for it there, for messages that say what to type. */
  readonly name?: string;
};

export interface ArgumentValue {
  readonly name: string | null;
  readonly nameSpan: Span | null;
  readonly value: Value;
  readonly span: Span;
}
