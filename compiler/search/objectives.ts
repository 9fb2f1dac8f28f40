/** Reads what a search ranks trials by: `maximize accuracy`, `minimize params`, one or several of them. */
import type { FieldNode } from '../../grammar/ast.ts';
import { didYouMean } from '../../util/didYouMean.ts';
import { listWords } from '../../util/words.ts';
import { expression, isWhole, MOST, type FieldReader } from './fields.ts';
import { metrics, type EvaluateSpec, type Metric, type ObjectiveSpec } from './search.ts';

/** The objectives in text order; the usual one of the evaluation where nothing is written. */
export function readObjectives(
  reader: FieldReader,
  fields: readonly FieldNode[],
  evaluate: EvaluateSpec,
): readonly [ObjectiveSpec, ...ObjectiveSpec[]] {
  const found: ObjectiveSpec[] = [];
  for (const field of fields) {
    const objective = readObjective(reader, field, evaluate);
    if (objective === undefined) continue;
    if (found.some(({ metric }) => metric === objective.metric)) {
      reader.report('repeatedName', { name: objective.metric }, reader.at(field.name));
    } else found.push(objective);
  }
  const [first, ...others] = found;
  if (first === undefined) {
    return [{ direction: 'maximize', metric: evaluate.kind === 'zero_cost' ? 'score' : 'accuracy' }];
  }
  const [field] = fields;
  if (field && evaluate.kind === 'train' && evaluate.stop && first.metric !== 'accuracy') {
    const said = `\`${first.metric}\` beside \`stop\`, which predicts accuracies`;
    reader.report('badField', { name: first.direction, found: said }, reader.at(field), {
      expected: '`maximize accuracy` first',
    });
  }
  return [first, ...others];
}

function readObjective(
  reader: FieldReader,
  field: FieldNode,
  evaluate: EvaluateSpec,
): ObjectiveSpec | undefined {
  const direction = field.name.text === 'minimize' ? 'minimize' : 'maximize';
  const node = expression(reader, field);
  const call = node && reader.call(node, direction);
  if (!call) return undefined;
  const metric = metrics.find((m) => m === call.name);
  if (!metric) {
    reader.report('unknownMethod', { what: 'metric', name: call.name }, call.at, {
      expected: listWords(metrics.map((m) => `\`${m}\``)),
      hint: didYouMean(call.name, metrics),
    });
    return undefined;
  }
  const isLatency = metric === 'latency' || metric === 'predicted_latency';
  const args = reader.named(call, isLatency ? ['batch'] : []);
  const reason = unmeasured(metric, evaluate);
  if (reason) {
    const found = `\`${metric}\` here: ${reason.found}`;
    reader.report('badField', { name: direction, found }, call.at, { expected: reason.expected });
  }
  if (!args.has('batch')) return { direction, metric };
  const wanted = `a whole number from 1 to ${MOST}`;
  return { direction, metric, batch: reader.number(args, 'batch', 1, wanted, isWhole) };
}

/** Why an evaluation does not tell a metric, and what would. */
function unmeasured(
  metric: Metric,
  evaluate: EvaluateSpec,
): { readonly found: string; readonly expected: string } | undefined {
  const scored = evaluate.kind === 'zero_cost';
  if (metric === 'score' && !scored) {
    return {
      found: `\`${evaluate.kind}\` gives no score`,
      expected: '`accuracy`, or `evaluate zero_cost(...)`',
    };
  }
  if ((metric === 'accuracy' || metric === 'loss') && scored) {
    return { found: '`zero_cost` trains nothing', expected: '`score`, or `evaluate train(...)`' };
  }
  if (evaluate.kind !== 'tabular') return undefined;
  if ((metric === 'loss' || metric === 'latency') && evaluate[metric] === undefined) {
    const told = `a column of the table: \`tabular(..., ${metric}: "COLUMN")\``;
    return { found: 'the table was given no column of it', expected: told };
  }
  return undefined;
}
