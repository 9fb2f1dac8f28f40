/** The inputs of an unrolled policy: traces as tensors. */
import type { NamedTensors } from '../../execute/reference.ts';
import type { PolicyForm, StepShape } from './policyGraph.ts';
import type { Trace } from './questions.ts';
import { anchorStep, FORBIDDEN, passedWeight, tokenAfter } from './steps.ts';

/** What the steps of a batch have to hold. */
export function shapesOf(traces: readonly Trace[]): readonly StepShape[] {
  const length = Math.max(0, ...traces.map(({ steps }) => steps.length));
  return Array.from({ length }, (_, t) => {
    const steps = traces.flatMap((trace) => trace.steps[t] ?? []);
    return {
      choice: steps.some(({ kind }) => kind === 'choice'),
      candidates: Math.max(0, ...steps.map((s) => (s.kind === 'subset' ? s.anchor.members.length : 0))),
    };
  });
}

/** The inputs of a batch of traces, of these shapes. */
export function feedsOf(
  { vocabulary }: PolicyForm,
  traces: readonly Trace[],
  shapes: readonly StepShape[],
): NamedTensors {
  const inputs: Record<string, { shape: number[]; data: Float64Array | Int32Array }> = {};
  const rows = traces.length;
  const { tokens, labels, start } = vocabulary;
  const add = (name: string, ...shape: number[]): Float64Array => {
    const data = new Float64Array(shape.reduce((product, size) => product * size, 1));
    inputs[name] = { shape, data };
    return data;
  };
  shapes.forEach(({ choice, candidates }, t) => {
    // Past the end of a row, a token without an embedding.
    const read = Int32Array.from(traces, ({ steps }) => {
      const before = steps[t - 1];
      return t >= steps.length ? vocabulary.inputs : before ? tokenAfter(before) : start;
    });
    inputs[`read.${t}`] = { shape: [rows], data: read };
    if (choice && tokens > 0) {
      const offered = add(`offered.${t}`, rows, tokens);
      const taken = add(`taken.${t}`, rows, tokens);
      const asked = add(`asked.${t}`, rows);
      traces.forEach(({ steps }, row) => {
        const step = steps[t];
        if (step?.kind !== 'choice') return;
        offered.set(offeredMask(step.offered, tokens), row * tokens);
        taken[row * tokens + step.taken] = 1;
        asked[row] = 1;
      });
    }
    if (candidates > 0) {
      const states = t > 0 ? add(`states.${t}`, rows, candidates, t) : new Float64Array();
      const label = add(`labels.${t}`, rows, candidates, labels);
      const isIn = add(`in.${t}`, rows, candidates);
      const isOut = add(`out.${t}`, rows, candidates);
      const passed = add(`passed.${t}`, rows, 1, candidates);
      traces.forEach(({ steps }, row) => {
        const step = steps[t];
        if (step?.kind !== 'subset') return;
        const before = steps.slice(0, t);
        step.anchor.candidates.forEach((candidate, place) => {
          const at = row * candidates + place;
          const from = anchorStep(candidate, before);
          if (from === undefined) label[at * labels + candidate.label] = 1;
          else states[at * t + from] = 1;
        });
        const weight = passedWeight(step);
        for (const { place, isIn: taken, free } of step.members) {
          const at = row * candidates + place;
          if (free) (taken ? isIn : isOut)[at] = 1;
          if (taken) passed[at] = weight;
        }
      });
    }
  });
  return inputs;
}

/** 0 for tokens that may be taken. */
export function offeredMask(offered: readonly number[], tokens: number): Float64Array {
  const mask = new Float64Array(tokens).fill(FORBIDDEN);
  for (const token of offered) mask[token] = 0;
  return mask;
}
