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
  | { readonly kind: 'word'; readonly word: string }
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
};

export interface ArgumentValue {
  readonly name: string | null;
  readonly nameSpan: Span | null;
  readonly value: Value;
  readonly span: Span;
}
