/**
 * Random graphs that can be differentiated, over the whole op table: odd shapes, even windows, strides, dilations,
 * groups, padding that differs on every side, shared and computed weights, gates.
 *
 * After NNSmith (Liu et al. 2023, "NNSmith: generating diverse and valid test cases for deep learning compilers"):
 * each op is put where what it demands of shapes can be met, by choosing its attributes for the tensors that are
 * there or new tensors for it, so every graph is valid; ops that lose numbers, as logarithms of small ones, stand
 * behind others that keep them away from there (section 3.3); the values are searched for by `draws.ts`.
 */
import * as fc from 'fast-check';
import type { Graph } from '../../../compiler/graph/graph.ts';
import { elementSteps } from './elementSteps.ts';
import { imageSteps } from './imageSteps.ts';
import { layerSteps } from './layerSteps.ts';
import { placeSteps } from './placeSteps.ts';
import { Sketch, type Reach, type Size } from './sketch.ts';
import type { StepRules } from './step.ts';

/** All kinds of steps by name. */
export const stepRules: StepRules = { ...imageSteps, ...layerSteps, ...elementSteps, ...placeSteps };

/** How a graph is made: plain data, of which any part can be left out. */
export interface Recipe {
  readonly reach: Reach;
  readonly size: Size;
  readonly rows: number;
  readonly steps: readonly Step[];
  /** Of the values. */
  readonly seed: number;
}

interface Step {
  readonly kind: string;
  /** Every choice of the step is the rest of one of these. */
  readonly choices: readonly number[];
}

/** A graph, not differentiated, and what its values must keep to. */
export interface RandomGraph {
  readonly recipe: Recipe;
  /** Its output `loss` is one number; every float tensor that is fed, but the weights of the loss, is a parameter. */
  readonly graph: Graph;
  /** Inputs of whole numbers: the smallest, and what all are below. */
  readonly whole: ReadonlyMap<string, { readonly from: number; readonly below: number }>;
  /** Fed tensors and outputs with a row for each of the batch. */
  readonly batched: ReadonlySet<string>;
}

export interface RandomGraphOptions {
  readonly reach?: Reach;
  readonly size?: Size;
  readonly rows?: fc.Arbitrary<number>;
  /** How many steps at least and at most. */
  readonly steps?: readonly [number, number];
}

/** Recipes, of 3 to 12 steps where nothing else is asked for. */
export function recipes({
  reach = 'any',
  size = 'small',
  rows = fc.integer({ min: 1, max: 3 }),
  steps: [minLength, maxLength] = [3, 12],
}: RandomGraphOptions = {}): fc.Arbitrary<Recipe> {
  const allowed = (kind: string): boolean => {
    const { rows: apart } = stepRules[kind];
    return reach === 'any' || apart === 'always' || (reach === 'batch' && apart === 'statistics');
  };
  // Layers have more ways to go wrong than the rest, and functions are many.
  const layers = [...Object.keys({ ...imageSteps, ...layerSteps }), 'activation', 'elementary'];
  const kinds = [...layers, ...Object.keys(stepRules)].filter(allowed);
  const step = fc.record({
    kind: fc.constantFrom(...kinds),
    choices: fc.array(fc.integer({ min: 0, max: 5039 }), { minLength: 16, maxLength: 16 }),
  });
  return fc.record({
    reach: fc.constant(reach),
    size: fc.constant(size),
    rows,
    steps: fc.array(step, { minLength, maxLength, size: 'max' }),
    seed: fc.integer({ min: 0, max: 1_000_000 }),
  });
}

/** Makes the graph. Its loss is the sum of random projections of all results that nothing reads, over the rows. */
export function graphOf(recipe: Recipe): RandomGraph {
  const { reach, size, rows, steps } = recipe;
  const sketch = new Sketch(reach, rows, size);
  const { builder } = sketch;
  steps.forEach(({ kind, choices }, i) => {
    sketch.begin(`step${i}`, choices);
    stepRules[kind].build(sketch);
  });
  sketch.begin('loss', [0]);
  const read = new Set(builder.nodes.flatMap((node) => (node.kind === 'op' ? node.inputs : [])));
  sketch.results.forEach((id) => {
    if (read.has(id)) return;
    if (reach !== 'any') {
      const name = `y${id}`;
      builder.outputs[name] = id;
      sketch.batched.add(name);
    }
    sketch.project(id);
  });
  const sum = sketch.losses.reduce((a, b) => builder.op('add', [a, b], {}));
  builder.outputs['loss'] = builder.op('scale', [sum], { factor: 1 / rows });
  return { recipe, graph: builder.finish(), whole: sketch.whole, batched: sketch.batched };
}
