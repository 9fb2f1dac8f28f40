/** The public surface of the compiler: from text to spaces, architectures and graphs. */
export { checkDeclarations } from './checkDeclarations.ts';
export { compileSearch, compileSpace, type CompiledSearch, type CompiledSpace } from './compile.ts';
export { readProgram, type Host, type Program } from './program.ts';
export type { Setting } from './settings.ts';
export { canonical, canonicalHash } from './space/algebra/canonical.ts';
export { crossover } from './space/algebra/crossover.ts';
export { diff, distance, type Difference } from './space/algebra/distance.ts';
export { countDistinct, distinctLimit } from './space/algebra/distinct.ts';
export { mutate } from './space/algebra/mutate.ts';
export { neighbours } from './space/algebra/neighbours.ts';
export type { Architecture } from './space/architecture.ts';
export {
  fromCompact,
  fromJson,
  fromVector,
  isCompact,
  toCompact,
  toJson,
  toText,
  toVector,
  type ArchitectureJson,
} from './space/encode.ts';
export { instantiate, type InstantiateOptions } from './space/instantiate.ts';
export {
  broken,
  cellNames,
  costOfArchitecture,
  countCell,
  filterLimit,
  type CellCount,
  type Draw,
  type Members,
} from './space/members.ts';
export { evenly, type Probabilities } from './latency/expectation.ts';
export { latencyModel, type LatencyModel, type MeasuredLatencies } from './latency/model.ts';
export { printSpace } from './space/printSpace.ts';
export { relax, type Alphas, type RelaxOptions, type Supernet } from './space/relax.ts';
export type { Cost, Decision, Space, StaticValue } from './space/space.ts';
export { checkProperty } from './properties/check.ts';
export { evaluateProperty, type Verdict } from './properties/evaluate.ts';
export type { Property } from './properties/property.ts';
export { checkGenome, type Genome } from './records/genome.ts';
export { checkProgram, countPrograms, type ProgramSpace } from './records/program.ts';
export { programOps, type ProgramOp, type ProgramOpName } from './records/programOps.ts';
export type { SearchSpec, TrainSpec } from './search/search.ts';
export type { Vocabulary } from './search/vocabulary.ts';
export { importOnnx, type ImportedGraph, type ImportedTensor } from './import/importOnnx.ts';
export type {
  OnnxAttribute,
  OnnxInitializer,
  OnnxInput,
  OnnxModel,
  OnnxNode,
  OnnxTensor,
} from './import/model.ts';
export type { Graph } from './graph/graph.ts';
export { costOf } from './graph/cost.ts';
