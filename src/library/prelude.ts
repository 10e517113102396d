/** Blocks that every spec has without importing them. They are written in the language itself. */

/** Where diagnostics say that a block of the prelude stands. */
export const preludeFile = 'nrmc/prelude.nrm';

export const prelude = `nrm 1

/// The short way around a residual block: nothing at all, or a 1×1 convolution and a norm where the shape changes.
block shortcut(filters, stride = 1) {
  if channels != filters or stride != 1 { conv(filters, kernel: 1, stride: stride)  norm }
}
`;
