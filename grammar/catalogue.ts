/** The one catalogue of diagnostics: every code of every room, by family. */
import type { Entries } from './catalogue/entry.ts';
import { evaluationEntries, type EvaluationValues } from './catalogue/evaluation.ts';
import { shareEntries, type ShareValues } from './catalogue/share.ts';
import { nameEntries, type NameValues } from './catalogue/names.ts';
import { onnxEntries, type OnnxValues } from './catalogue/onnx.ts';
import { runEntries, type RunValues } from './catalogue/run.ts';
import { elaborationEntries, type ElaborationValues } from './catalogue/elaboration.ts';
import { spaceEntries, type SpaceValues } from './catalogue/space.ts';
import { syntaxEntries, type SyntaxValues } from './catalogue/syntax.ts';
import { trainingEntries, type TrainingValues } from './catalogue/training.ts';
import { usageEntries, type UsageValues } from './catalogue/usage.ts';

/** Everything each kind of diagnostic needs for its message. */
export type CatalogueValues = SyntaxValues &
  NameValues &
  SpaceValues &
  ElaborationValues &
  OnnxValues &
  RunValues &
  EvaluationValues &
  TrainingValues &
  ShareValues &
  UsageValues;

/** Families: 1 syntax, 2 names and kinds, 3 shapes and spaces, 4 running a search, 5 using the command. */
export const catalogue: Entries<CatalogueValues> = {
  ...syntaxEntries,
  ...nameEntries,
  ...spaceEntries,
  ...elaborationEntries,
  ...onnxEntries,
  ...runEntries,
  ...evaluationEntries,
  ...trainingEntries,
  ...shareEntries,
  ...usageEntries,
};
