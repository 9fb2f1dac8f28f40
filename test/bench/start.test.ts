// What `npm run bench:start` makes of the marks that the processes of a run leave.
import { expect, test } from 'vitest';
import { readMarks } from '../../bench/start/marks.ts';

const marks = [
  { role: 'worker', stage: 'started', at: 1300, cpuMs: 1 },
  { role: 'worker', stage: 'device', at: 1500, cpuMs: 150 },
  { role: 'worker', stage: 'planned', at: 1620, cpuMs: 200 },
  { role: 'worker', stage: 'pipelines', at: 1700, cpuMs: 270 },
  { role: 'worker', stage: 'submitted', at: 1710, cpuMs: 280 },
  { role: 'worker', stage: 'stepped', at: 1750, cpuMs: 330 },
  { role: 'main', stage: 'started', at: 1003, cpuMs: 0 },
  { role: 'main', stage: 'requested', at: 1550, cpuMs: 600 },
];
const lines = (list: readonly object[]): string => list.map((mark) => `${JSON.stringify(mark)}\n`).join('');

test('stages are told from the start of the command, processor time as the sum of both processes', () => {
  expect(readMarks(lines(marks), 1000)).toEqual({
    ms: {
      worker: 300,
      device: 500,
      requested: 550,
      planned: 620,
      pipelines: 700,
      submitted: 710,
      stepped: 750,
    },
    cpuMs: 930,
  });
});

test('a run that did not come to its first step has no timeline', () => {
  const without = lines(marks.filter(({ stage }) => stage !== 'stepped'));
  expect(() => readMarks(without, 1000)).toThrow('a mark that the first step is done is missing');
});
