/** What the tables of sources and preprocessing hold. */
import type { Entry } from '../../ir/vocabulary.ts';

/** The type of a field, as far as sources care. */
type FieldType =
  | { readonly kind: 'tensor'; readonly shape: readonly number[] }
  | { readonly kind: 'class'; readonly classes: number };

export interface SourceDef extends Entry {
  /** True when the format has a test part of its own. */
  readonly ownTest: boolean;
  /** True when the values of a field are columns of a table. */
  readonly table: boolean;
  /** What it has instead, where it cannot give a field; null where only the files can tell. */
  readonly refuses?: (field: FieldType, fields: readonly FieldType[]) => string | null;
}

export interface PreprocessingDef extends Entry {
  /** Numbers of a sample that it can take; its work grows with the cube of them. */
  readonly most?: number;
}
