/** The public surface of the runtime: the data sets, searches, stores and devices that programs may use themselves. */
export { nodeHost } from './host.ts';
export { checkData, dataForm, dataHash, dataSets, loadData } from './data/table.ts';
export type { Dataset, DatasetForm, Part } from './data/dataset.ts';
export { collectDoctor, renderDoctor, type DoctorReport } from './device/doctor.ts';
export { inProcessEvaluator } from './evaluate/inProcess.ts';
export type {
  Evaluator,
  TrainFailure,
  TrainProgress,
  TrainRequest,
  TrainResult,
} from './evaluate/protocol.ts';
export type { LatencyTable } from './latency/form.ts';
export { readLatencyTable } from './latency/kept.ts';
export { workerEvaluator } from './evaluate/workerEvaluator.ts';
export { runSearch, type SearchOptions } from './search/driver.ts';
export type { SearchEvent } from './search/events.ts';
export type { SearchHost, StrategySpace } from './search/host.ts';
export { identify } from './search/identify.ts';
export type { SearchOutcome } from './search/outcome.ts';
export { readExperiment, trialsJson } from './search/report.ts';
export { evaluationGraph, trainingGraph } from './search/evaluation/graphs.ts';
export { searchHost, spaceHost } from './search/spaceHost.ts';
export { checkStrategy, strategies } from './search/strategies/table.ts';
export { experimentId, type ExperimentIdentity } from './store/identity.ts';
export { openStore, type StoreOptions } from './store/open.ts';
export type { FinalRecord, Metrics, TrialRecord } from './store/records.ts';
export type { Experiment, Store } from './store/Store.ts';
