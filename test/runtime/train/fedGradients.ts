/** A graph whose gradients are its inputs: for tests of what is done with gradients. */
import { GraphBuilder } from '../../../compiler/graph/builder.ts';
import type { Graph, ParameterGradient, Shape } from '../../../compiler/graph/graph.ts';

/** Parameters of these shapes, the gradient of each the input `gradient of NAME`; `idle` ones of [3] have none. */
export function fedGradients(shapes: Readonly<Record<string, Shape>>, idle: readonly string[] = []): Graph {
  const b = new GraphBuilder();
  const init = { kind: 'constant', value: 0 } as const;
  const gradients = Object.entries(shapes).map(([name, shape]): ParameterGradient => ({
    parameter: b.parameter(name, shape, init),
    gradient: b.input(`gradient of ${name}`, shape),
  }));
  for (const name of idle) b.parameter(name, [3], init);
  return { ...b.finish(), gradients };
}
