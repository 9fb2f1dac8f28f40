/**
 * Random Space objects, built without the language: decisions that exist or are allowed under earlier answers, subsets,
 * cells, nodes with random costs, requirements. And their architectures by brute force: all vectors of answers, kept if
 * the definitions hold for them word by word.
 */
import * as fc from 'fast-check';
import { always, fixed, never, takes, testOf } from '../../compiler/space/diagrams.ts';
import { both, either, evaluateOpen, mapOpen, negate, select } from '../../compiler/space/open.ts';
import { firstDerived } from '../../compiler/space/space.ts';
import type {
  Cost,
  Decision,
  Derived,
  Open,
  Requirement,
  RequireExpression,
  Space,
  SpaceNode,
  StaticValue,
  Subset,
} from '../../compiler/space/space.ts';
import { Random } from '../../util/random.ts';

const location = { source: { name: 'made.nas', text: '' }, span: { start: 0, end: 0 } };

/** How a generated space is made. */
export interface SpaceShape {
  readonly seed: number;
  /** Roughly the number of decisions. */
  readonly decisions: number;
  readonly requirements: number;
  /** `depth` among the requirements. */
  readonly depth: boolean;
  /** Vectors of answers that are tried at most; larger spaces are made anew with fewer decisions. */
  readonly limit: number;
  /** Architectures that it has at least. */
  readonly least?: number;
}

/** A space with the listing of its architectures, in text order. */
export interface MadeSpace {
  readonly space: Space;
  /** All decision sequences. */
  readonly free: readonly (readonly number[])[];
  /** Those that meet the requirements. */
  readonly allowed: readonly (readonly number[])[];
}

/** Collects the parts of a space by hand. */
export class SpaceMaker {
  readonly decisions: Decision[] = [];
  readonly subsets: Subset[] = [];
  readonly nodes: SpaceNode[] = [];
  readonly requirements: Requirement[] = [];
  readonly derived: Derived[] = [];

  constructor() {
    this.nodes.push({
      kind: 'input',
      id: 0,
      name: 'x',
      dtype: 'f32',
      exists: always,
      shape: fixed([4, 4, 2]),
    });
  }

  /** A decision on values or labels; `allowed` guards options. */
  choose(
    path: string,
    labels: readonly (string | number)[],
    more: {
      readonly exists?: Open<boolean>;
      readonly cell?: string;
      readonly allowed?: readonly (Open<boolean> | undefined)[];
    } = {},
  ): number {
    const id = this.decisions.length;
    this.decisions.push({
      id,
      path,
      kind: typeof labels[0] === 'number' ? 'value' : 'alternative',
      options: labels.map((value, i) => ({ label: String(value), value, allowed: more.allowed?.[i] })),
      exists: more.exists ?? always,
      cell: more.cell,
      location,
    });
    return id;
  }

  /** A subset of `least` to `most` of the candidates. Gives, for each, where it is in. */
  subset(
    path: string,
    labels: readonly string[],
    least: number,
    most: number,
    more: {
      readonly exists?: Open<boolean>;
      readonly cell?: string;
      readonly candidates?: readonly (Open<boolean> | undefined)[];
    } = {},
  ): Open<boolean>[] {
    const exists = more.exists ?? always;
    const candidates = labels.map((_, i) => more.candidates?.[i]);
    const there = candidates.map((c) => (c ? both(exists, c) : exists));
    const first = this.decisions.length;
    const members = labels.map((_, i) => first + i);
    const taken = labels.map((_, i) => both(present(there[i]), takes(first + i, 0, 2)));
    for (const [i, label] of labels.entries()) {
      // How many are in before, and how many may follow, for every case of the members before.
      const before = countOf(taken.slice(0, i));
      const after = countOf(there.slice(i + 1));
      const guard = (rule: (before: number, after: number) => boolean): Open<boolean> =>
        mapOpen([before, after], present(there[i]), ([b, a]) => rule(b, a)) ?? never;
      this.decisions.push({
        id: first + i,
        path: `${path}[${label}]`,
        kind: 'member',
        options: [
          { label: 'in', value: true, allowed: guard((b) => b + 1 <= most) },
          { label: 'out', value: false, allowed: guard((b, a) => b + a >= least) },
        ],
        exists: present(there[i]),
        cell: more.cell,
        location,
      });
    }
    this.subsets.push({ path, members, labels, candidates, exists });
    return taken;
  }

  /** A node of one input with a cost. */
  apply(
    operation: string,
    inputs: readonly number[],
    more: {
      readonly exists?: Open<boolean>;
      readonly cost?: Open<Cost>;
      readonly site?: string;
      readonly when?: readonly (Open<boolean> | undefined)[];
      readonly attributes?: Readonly<Record<string, Open<StaticValue>>>;
      readonly shape?: Open<readonly number[]>;
    } = {},
  ): number {
    const id = this.nodes.length;
    this.nodes.push({
      kind: 'apply',
      id,
      operation: operation as never,
      inputs,
      when: more.when ?? inputs.map(() => undefined),
      attributes: more.attributes ?? {},
      site: more.site ?? `${operation}_${id}`,
      exists: more.exists ?? always,
      shape: more.shape ?? fixed([4, 4, 2]),
      cost: more.cost ?? fixed({ params: 0, macs: 0 }),
      location,
    });
    return id;
  }

  /** One of several tensors. */
  select(on: Open<number>, inputs: readonly (number | undefined)[], exists: Open<boolean> = always): number {
    const id = this.nodes.length;
    this.nodes.push({ kind: 'select', id, on, inputs, exists, shape: fixed([4, 4, 2]) });
    return id;
  }

  /** A derived value that says what a condition says. */
  derive(definition: Open<boolean>): Open<boolean> {
    const id = firstDerived + this.derived.length;
    this.derived.push({ id, definition });
    return takes(id, 0, 2);
  }

  require(expression: RequireExpression, exists: Open<boolean> = always): void {
    this.requirements.push({ expression, exists, text: 'made', location });
  }

  /** The option of a decision as an open number. */
  option(id: number): Open<number> {
    const branches = this.decisions[id].options.map((_, i) => fixed(i));
    return testOf(id, branches)!;
  }

  /** Where a decision that always exists is answered by an option. */
  is(id: number, option: number): Open<boolean> {
    return takes(id, option, this.decisions[id].options.length);
  }

  finish(output: number = this.nodes.length - 1): Space {
    const { decisions, subsets, derived, nodes, requirements } = this;
    const fixedParts = { name: 'made', params: {}, narrowed: true, auxiliary: [] };
    return { ...fixedParts, decisions, subsets, derived, nodes, output, requirements };
  }
}

const present = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error('missing');
  return value;
};

function countOf(conditions: readonly Open<boolean>[]): Open<number> {
  let sum: Open<number> = fixed(0);
  for (const condition of conditions) {
    const more = select<number>(
      mapOpen([condition], always, ([c]) => (c ? 1 : 0))!,
      [fixed(0), fixed(1)],
    )!;
    sum = mapOpen([sum, more], always, ([a, b]) => a + b)!;
  }
  return sum;
}

/** A random space. */
export function makeSpace(shape: SpaceShape): MadeSpace {
  for (let size = shape.decisions, turn = 0; ; turn++) {
    const space = attempt(shape, size, turn);
    const free = listSequences(space, shape.limit);
    if (!free) size--;
    else if (free.length < (shape.least ?? 0)) size++;
    else return { space, free, allowed: free.filter((choices) => meetsAll(space, choices)) };
  }
}

function attempt(shape: SpaceShape, size: number, turn: number): Space {
  const random = new Random(shape.seed, turn);
  const maker = new SpaceMaker();
  /** Conditions that later things may depend on, with where they make sense. */
  const bodies: Open<boolean>[] = [always];
  const cost = (exists: Open<boolean>, ids: readonly number[]): Open<Cost> => {
    const inputs = ids.map((id) => maker.option(id));
    const seed = random.below(1000);
    const rule = (values: readonly number[]): Cost => {
      const mixed = values.reduce((a, v) => (a * 31 + v * 7 + 1) % 101, seed);
      return { params: (mixed % 5) * 10, macs: mixed % 17 };
    };
    return mapOpen(inputs, exists, rule) ?? fixed({ params: 0, macs: 0 });
  };
  while (maker.decisions.length < size) {
    const exists = random.pick(bodies);
    const path = `d${maker.decisions.length}`;
    if (random.below(4) === 0) {
      const labels = ['a', 'b', 'c', 'd'].slice(0, 1 + random.below(4));
      const readable = optionsInside(maker, exists);
      const candidates = labels.map((_, i) =>
        i > 0 && readable.length > 0 && random.below(3) === 0
          ? takes(random.pick(readable), 0, 2)
          : undefined,
      );
      // The first candidate is always there, so that one of these amounts is possible.
      const least = random.below(2);
      const taken = maker.subset(path, labels, least, least + random.below(labels.length), {
        exists,
        candidates,
      });
      for (const where of taken) {
        if (random.below(2) === 0) bodies.push(where);
        maker.apply('conv', [0], {
          exists: where,
          cost: fixed({ params: random.below(4) * 10, macs: random.below(9) }),
        });
      }
      continue;
    }
    const width = 1 + random.below(4);
    const readable = optionsInside(maker, exists);
    const guarded = width > 1 && readable.length > 0 && random.below(3) === 0;
    const allowed = guarded ? [undefined, negate(takes(random.pick(readable), 0, 2))] : [];
    const labels = Array.from({ length: width }, (_, i) => i);
    const id = maker.choose(path, random.below(2) === 0 ? labels : labels.map((l) => `o${l}`), {
      exists,
      allowed,
    });
    for (let option = 0; option < width; option++) {
      if (random.below(3) === 0) bodies.push(both(exists, takes(id, option, width)));
    }
    if (random.below(6) === 0) bodies.push(either(random.pick(bodies), both(exists, takes(id, 0, width))));
    const reads = readable.length > 0 && random.below(2) === 0 ? [id, random.pick(readable)] : [id];
    maker.apply('conv', [0], {
      exists,
      cost: cost(
        exists,
        reads.sort((a, b) => a - b),
      ),
    });
  }
  const derived: Open<boolean>[] = [];
  for (let i = random.below(4); i > 0; i--) {
    const plain =
      random.below(2) === 0 ? either(random.pick(bodies), negate(random.pick(bodies))) : random.pick(bodies);
    derived.push(
      maker.derive(derived.length > 0 && random.below(2) === 0 ? both(plain, random.pick(derived)) : plain),
    );
    const fee = fixed({ params: 10 * random.below(5), macs: random.below(9) });
    maker.apply('conv', [0], { exists: either(random.pick(derived), random.pick(bodies)), cost: fee });
    if (random.below(3) === 0)
      maker.require({ kind: 'value', value: either(random.pick(derived), random.pick(bodies)) });
  }
  for (let i = 0; i < shape.requirements; i++) {
    maker.require(
      randomRequirement(maker, random, shape.depth),
      random.below(3) === 0 ? random.pick(bodies) : always,
    );
  }
  maker.apply('add', [...maker.nodes.keys()].slice(0, 4), {
    when: [...maker.nodes.keys()].slice(0, 4).map((id) => maker.nodes[id].exists),
  });
  return maker.finish();
}

/** Decisions of two options or more that exist wherever `exists` holds. */
function optionsInside(maker: SpaceMaker, exists: Open<boolean>): number[] {
  return maker.decisions
    .filter((d) => d.options.length === 2 && (d.exists === always || both(exists, d.exists) === exists))
    .map((d) => d.id);
}

function randomRequirement(maker: SpaceMaker, random: Random, depth: boolean): RequireExpression {
  const value = (v: StaticValue): RequireExpression => ({ kind: 'value', value: fixed(v) });
  const binary = (
    operator: Extract<RequireExpression, { kind: 'binary' }>['operator'],
    left: RequireExpression,
    right: RequireExpression,
  ): RequireExpression => ({ kind: 'binary', operator, left, right });
  const compare = (): RequireExpression => {
    const operator = random.pick(['<=', '<', '>=', '>', '!=', '<=', '<='] as const);
    const params: RequireExpression = { kind: 'cost', cost: 'params' };
    const macs: RequireExpression = { kind: 'cost', cost: 'macs' };
    const lasting = maker.decisions.filter((d) => d.exists === always);
    switch (random.below(depth ? 8 : 7)) {
      case 0:
        return binary(operator, params, value(random.below(20) * 10));
      case 1:
        return binary(operator, binary('+', params, binary('*', value(3), macs)), value(random.below(300)));
      case 2: {
        const answers = maker.decisions.map(({ id }) => ({ decision: id, options: [0] }));
        return binary(operator, { kind: 'count', answers }, value(random.below(maker.decisions.length)));
      }
      case 3:
        return binary(operator, binary('/', macs, value(4)), value(random.below(60) / 4));
      case 4:
        return binary(
          operator,
          binary('/', macs, binary('+', params, value(1))),
          value(random.below(40) / 100),
        );
      case 5:
        if (lasting.length === 0) return binary(operator, macs, value(random.below(100)));
        return binary(operator, macs, {
          kind: 'value',
          value: mapOpen([maker.option(random.pick(lasting).id)], always, ([o]) => 10 + o * 9)!,
        });
      case 6:
        if (lasting.length < 2) return binary(operator, params, value(random.below(100)));
        return {
          kind: 'value',
          value: mapOpen(
            [maker.option(random.pick(lasting).id), maker.option(random.pick(lasting).id)],
            always,
            ([a, b]) => (a + 2 * b) % 3 !== 1,
          )!,
        };
      default:
        return binary(operator, { kind: 'cost', cost: 'depth' }, value(random.below(2)));
    }
  };
  switch (random.below(6)) {
    case 0:
      return binary('and', compare(), compare());
    case 1:
      return binary('or', compare(), compare());
    case 2:
      return { kind: 'not', operand: binary('and', compare(), compare()) };
    default:
      return compare();
  }
}

/** All decision sequences by nested loops, or undefined when more than `limit` vectors would be tried. */
export function listSequences(space: Space, limit: number): (readonly number[])[] | undefined {
  const found: (readonly number[])[] = [];
  let tried = 0;
  const visit = (choices: readonly number[]): boolean => {
    if (++tried > limit) return false;
    const decision = space.decisions[choices.length];
    if (!decision) {
      found.push(choices);
      return true;
    }
    if (evaluateOpen(decision.exists, choices) !== true) return visit([...choices, -1]);
    return decision.options.every(
      ({ allowed }, option) =>
        (allowed !== undefined && evaluateOpen(allowed, choices) !== true) || visit([...choices, option]),
    );
  };
  return visit([]) ? found : undefined;
}

/** The definition of a requirement, written out once more. */
function meetsAll(space: Space, answers: readonly number[]): boolean {
  const choices = [...answers];
  for (const { id, definition } of space.derived)
    choices[id] = evaluateOpen(definition, choices) === true ? 0 : 1;
  const sum = (name: keyof Cost): number =>
    space.nodes.reduce(
      (total, node) =>
        node.kind === 'apply' && evaluateOpen(node.exists, choices)
          ? total + evaluateOpen(node.cost, choices)![name]
          : total,
      0,
    );
  const evaluate = (e: RequireExpression): any => {
    if (e.kind === 'value') return evaluateOpen(e.value, choices);
    if (e.kind === 'cost') return e.cost === 'depth' ? depthOf(space, choices) : sum(e.cost as keyof Cost);
    if (e.kind === 'count') return e.answers.filter((a) => a.options.includes(choices[a.decision])).length;
    if (e.kind === 'not') return !evaluate(e.operand);
    if (e.kind === 'negate') return -evaluate(e.operand);
    if (e.kind !== 'binary') return undefined;
    const [l, r] = [evaluate(e.left), evaluate(e.right)];
    const table: Record<typeof e.operator, unknown> = {
      '+': l + r, '-': l - r, '*': l * r, '/': l / r, '==': l === r, '!=': l !== r,
      '<': l < r, '<=': l <= r, '>': l > r, '>=': l >= r, and: l && r, or: l || r,
    }; // prettier-ignore
    return table[e.operator];
  };
  return space.requirements.every(
    (r) => evaluateOpen(r.exists, choices) !== true || evaluate(r.expression) === true,
  );
}

/** In these spaces the operations with weights all read the image, and one sum reads them. */
function depthOf(space: Space, choices: readonly number[]): number {
  const output = space.nodes[space.output];
  if (output.kind !== 'apply') return 0;
  const deep = output.inputs.some((id, i) => {
    const node = space.nodes[id];
    return (
      evaluateOpen(output.when[i] ?? always, choices) === true &&
      node.kind === 'apply' &&
      evaluateOpen(node.cost, choices)!.params > 0
    );
  });
  return deep ? 1 : 0;
}

/** Random spaces for properties. */
export function spaceObjects(options: Partial<Omit<SpaceShape, 'seed'>> = {}): fc.Arbitrary<MadeSpace> {
  return fc
    .record({
      seed: fc.nat(2 ** 31),
      decisions: fc.integer({ min: 1, max: options.decisions ?? 10 }),
      requirements: fc.integer({ min: 0, max: options.requirements ?? 2 }),
    })
    .map((shape) => makeSpace({ depth: false, limit: 4_000, ...options, ...shape }));
}
