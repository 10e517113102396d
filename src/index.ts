/** `nrmc`: the compiler as a library. Pure: text in, text out. */
export { type Explanation, explain } from './check/explain/index.ts';
export { check, checkNetwork, checkTrain, resolvedSpec, type TrainOverrides } from './check/index.ts';
export type { Layer, Model, TrainConfig } from './check/model.ts';
export type { CompiledNetwork, CompiledTrain } from './codegen/programs.ts';
export { type EmittedFile, emit } from './codegen/tfjs/index.ts';
export { type CompileOptions, compileNetwork, compileTrain } from './compile.ts';
export type { Diagnostic, Span } from './diagnostics/diagnostic.ts';
export { renderDiagnostic } from './diagnostics/render.ts';
export { type Formatted, format } from './format/index.ts';
export { parse } from './parser/index.ts';
export type { SourceFile } from './parser/tree.ts';
