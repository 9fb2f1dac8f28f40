/**
 * The public surface of the syntax layer: text to AST and back, and diagnostics as people and scripts
 * read them. Files inside naslang import the file that they need, never this one: it loads the parser.
 */
export type * from './ast.ts';
export { allCodes, explain, suggestCodes } from './explain.ts';
export type { Severity } from './catalogue/entry.ts';
export {
  hasErrors,
  Refusal,
  type Checked,
  type Diagnostic,
  type DiagnosticKind,
  type Label,
} from './diagnostics.ts';
export { diagnosticToJson, type DiagnosticJson, type PlaceJson } from './diagnosticJson.ts';
export { format } from './format.ts';
export { locate, type Position } from './locate.ts';
export { languageVersion, parse, parseExpression, sizeLimit } from './parse.ts';
export { print, type PrintOptions } from './print.ts';
export { renderDiagnostic, renderDiagnostics, type RenderOptions } from './renderDiagnostic.ts';
export { joinSpans, type Location, type Source, type Span } from './source.ts';
