/** Whether the networks of a space fit the data of a search, and its strategy the space. */
import type { SearchNode } from '../../grammar/ast.ts';
import { diagnose, type Diagnostic } from '../../grammar/diagnostics.ts';
import type { Source } from '../../grammar/source.ts';
import { describeShape } from '../ops/takes.ts';
import { evaluateOpen, valuesOf } from '../space/open.ts';
import type { SearchSpec } from './search.ts';
import type { SearchedSpace, Vocabulary } from './vocabulary.ts';

/** The network must read the data's images and tell its classes apart, in every architecture; a batch must be there. */
export function checkFit(
  searched: SearchedSpace,
  search: SearchSpec,
  vocabulary: Vocabulary,
  node: SearchNode,
  source: Source,
): readonly Diagnostic[] {
  const { space } = searched;
  const form = vocabulary.dataForm(search.data);
  const at = { source, span: node.name.span };
  const diagnostics: Diagnostic[] = [];
  const compare = (
    what: 'input' | 'output',
    found: readonly number[],
    wanted: readonly number[],
    told: string,
    hint?: string,
  ): void => {
    if (found.join() === wanted.join()) return;
    diagnostics.push(diagnose('noFit', { what, found: describeShape(found), wanted: told }, { at, hint }));
  };
  const input = space.nodes.find((n) => n.kind === 'input');
  const shape = input && evaluateOpen(input.shape, []);
  if (shape) {
    const hint = `write \`input x: image[${form.imageShape.join(', ')}]\``;
    compare('input', shape, form.imageShape, describeShape(form.imageShape), hint);
  }
  for (const out of valuesOf(space.nodes[space.output]?.shape ?? { kind: 'fixed', value: [] })) {
    compare('output', out, [form.classes], `${form.classes} classes: a vector of ${form.classes}`);
  }
  const { train, validation } = form.sizes;
  const parts = [
    ['evaluate', train],
    ['retrain', train + validation],
  ] as const;
  for (const [field, images] of parts) {
    const { batch } = search[field];
    if (batch <= images) continue;
    diagnostics.push(
      diagnose(
        'batchTooLarge',
        { batch, images },
        { at, label: `in its \`${field}\``, expected: `a batch of at most ${images} images` },
      ),
    );
  }
  const field = node.fields.find(({ name }) => name.text === 'strategy');
  const where = { source, span: (field ?? node.name).span };
  for (const problem of vocabulary.checkStrategyFit(search.strategy, searched)) {
    diagnostics.push({ ...problem, primary: problem.primary ?? { location: where, text: '' } });
  }
  return diagnostics;
}
