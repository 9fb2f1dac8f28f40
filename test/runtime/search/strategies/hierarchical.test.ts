/** Hierarchical evolution (Liu et al. 2018): levels, mutations by level, diversification. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { distance } from '../../../../compiler/space/algebra/distance.ts';
import { HierarchicalMutation, hierarchyOf } from '../../../../runtime/search/evolution/hierarchy.ts';
import { Random } from '../../../../util/random.ts';
import { compileText } from '../../../compiler/space/helpers.ts';
import { mixed, onesShare, run } from './helpers.ts';

const text = readFileSync(new URL('../../../../spaces/hierarchical.nas', import.meta.url), 'utf8');
const shipped = compileText(text);
const { space, members } = shipped;

describe('the levels of a space', () => {
  it('are families of cells, their motifs and the nodes of these', () => {
    const levels = hierarchyOf(space).map((level) =>
      level.map((motif) => motif.map((node) => node.map(({ path }) => path))),
    );
    expect(new Set(levels.map((level) => level.length))).toEqual(new Set([1, 6]));
    for (const motif of levels.find((level) => level.length === 6)!)
      expect(motif.map((node) => node.length)).toEqual([1, 2, 3]);
    const cell = levels.find((level) => level.length === 1)![0];
    expect(cell.map((node) => node.length)).toEqual([1, 2, 3, 4]);
    expect(cell[1]).toEqual(['level3.g[1].h[x]', 'level3.g[1].h[g[0]]']);
  });
  it('are whatever a space has', () => {
    const { space: other } = mixed();
    expect(hierarchyOf(other).flat(3)).toHaveLength(other.decisions.length);
  });
});

describe('mutation', () => {
  const mutation = new HierarchicalMutation(shipped);
  const random = new Random(7);
  const draw = () => members.sample(random).architecture!;

  it('changes at most one answer, so m of them at most m', () => {
    for (let turn = 0; turn < 50; turn++) {
      const start = draw();
      let genotype = start;
      for (let m = 1; m <= 20; m++) {
        genotype = mutation.step(genotype, random);
        expect(distance(space, start, genotype)).toBeLessThanOrEqual(m);
      }
    }
  });
  it('draws level, motif, node and predecessor uniformly, and then any entry', () => {
    const turns = 80_000;
    const counts = new Map<number, number>();
    let same = 0;
    const parent = draw();
    for (let turn = 0; turn < turns; turn++) {
      const child = mutation.step(parent, random);
      const changed = child.choices.findIndex((choice, i) => choice !== parent.choices[i]);
      if (changed < 0) same++;
      else counts.set(changed, (counts.get(changed) ?? 0) + 1);
    }
    // One of seven entries is the one that is there.
    expect(Math.abs(same / turns - 1 / 7)).toBeLessThan(0.005);
    let square = 0;
    for (const { id, path } of space.decisions) {
      const [, level, node] = /^level(\d).*?\.g\[(\d)\]/.exec(path)!;
      const share = level === '3' ? 1 / 2 / 4 / (Number(node) + 1) : 1 / 2 / 6 / 3 / (Number(node) + 1);
      const expected = turns * share * (6 / 7);
      square += ((counts.get(id) ?? 0) - expected) ** 2 / expected;
    }
    // 45 degrees and one for the entries that stay: above 80 once in a thousand.
    expect(square).toBeLessThan(80);
    // An edge of the cell is mutated far more often than one of a motif below it.
    expect(counts.get(0)! / counts.get(1)!).toBeGreaterThan(3);
  });
  it('leaves no entry out, `none` included', () => {
    const seen = new Set<string>();
    let genotype = draw();
    for (let turn = 0; turn < 4000; turn++) {
      genotype = mutation.step(genotype, random);
      space.decisions.forEach(({ options }, i) => seen.add(options[genotype.choices[i]].label));
    }
    expect([...seen].sort()).toEqual(
      [...new Set(space.decisions.flatMap(({ options }) => options.map(({ label }) => label)))].sort(),
    );
    expect(seen).toContain('none');
  });
  it('gives members only, where the space asks for more', () => {
    const strict = new HierarchicalMutation(shipped);
    let genotype = strict.diversify(members.unrank(0n), 1000, random)!;
    for (let turn = 0; turn < 300; turn++) {
      expect(members.contains(genotype)).toBe(true);
      genotype = strict.mutate(genotype, random);
    }
  });
  it('of a thousand turns forgets where it began', () => {
    const start = members.unrank(0n);
    const distances = Array.from({ length: 40 }, () =>
      distance(space, start, mutation.diversify(start, 1000, random)!),
    );
    // Of 46 answers, six of seven differ from any given ones.
    const average = distances.reduce((sum, d) => sum + d, 0) / distances.length;
    expect(Math.abs(average - (46 * 6) / 7)).toBeLessThan(1.5);
  });
});

describe('hierarchical evolution', () => {
  it('is random search as long as its first population comes', () => {
    const args = { population: 8, diversify: 50 };
    const [a, b] = [onesShare, () => 0].map((score) =>
      run('hierarchical', shipped, score, { trials: 8, args }).map(
        ({ architecture }) => architecture.choices,
      ),
    );
    expect(a).toEqual(b);
  });
  it('then changes one answer of one that is there, and nothing is removed', () => {
    const args = { population: 10, diversify: 100, sample: 0.2 };
    const outcomes = run('hierarchical', shipped, onesShare, { trials: 60, args });
    for (const { trial, architecture } of outcomes.slice(10)) {
      const nearest = Math.min(
        ...outcomes.slice(0, trial).map((other) => distance(space, other.architecture, architecture)),
      );
      expect(nearest).toBeLessThanOrEqual(1);
    }
    const best = (from: number, to: number): number =>
      Math.max(...outcomes.slice(from, to).map(({ fitness }) => fitness));
    expect(best(10, 60)).toBeGreaterThan(best(0, 10));
  });
});
