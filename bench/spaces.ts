/**
 * `npm run bench:spaces`: how the time and memory to parse, check and count a space grow with its size. Each family of
 * spaces is made at several numbers of decisions, each size in a process of its own, and the table says how the time grew
 * from size to size: `x^1.0` is linear, `x^2.0` quadratic. Prints a table, then the same figures as JSON lines.
 *
 * Times are processor time of the process, median of five after two runs to warm up; the memory is the most that the
 * process held.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { readProgram } from '../compiler/program.ts';
import { elaborate } from '../compiler/space/elaborate.ts';
import { membersOf } from '../compiler/space/members.ts';
import { Refusal, type Checked } from '../grammar/diagnostics.ts';
import { nodeHost } from '../runtime/host.ts';
import { present } from '../util/invariant.ts';

const sizes = [100, 316, 1000, 3162, 10_000];

const repeated = (count: number, make: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => make(i)).join('\n');

const inSpace = (body: string, rest = ''): string =>
  `nas 1\nspace s(classes = 10) {\n  input x: image[8, 8, 4]\n${body}\n}\n${rest}`;

/** Texts of spaces with so many decisions. */
const families: Readonly<Record<string, (decisions: number) => string>> = {
  'a line for each decision': (n) =>
    inSpace(
      `${repeated(n, (i) => `  let x${i + 1} = ${i === 0 ? 'x' : `x${i}`} |> choose op${i} { relu, tanh, identity }`)}\n` +
        `  output x${n} |> classifier(classes)`,
    ),
  'turns of a repeat': (n) =>
    inSpace(`  output x |> repeat ${n} { choose op { relu, tanh, identity } } |> classifier(classes)`),
  'open widths, one after another': (n) =>
    inSpace(`  output x |> repeat ${n} { conv(choose f {8, 16, 24}, 1) } |> classifier(classes)`),
  'choices in choices': (n) =>
    inSpace(
      `  output x |> repeat ${Math.round(n / 2)} { choose op { a: conv(choose f {4, 8}, 1) |> conv(4, 1), b: relu } } |> classifier(classes)`,
    ),
  'nodes that read one of the four before': (n) =>
    inSpace(
      `  let y = (x, x, x, x) |> for i in 0..${n} { window }\n  output y[0] |> classifier(classes)`,
      'motif window(t) {\n  let (a, b, c, d) = t\n  let y = choose source from [a, b, c, d]\n  (y |> relu, a, b, c)\n}\n',
    ),
  'at most five of one answer': (n) =>
    inSpace(
      `  output x |> repeat ${n} { choose op { relu, tanh, identity } } |> classifier(classes)\n  require count(op == tanh) <= 5`,
    ),
};

interface Figures {
  readonly family: string;
  readonly decisions: number;
  readonly bytes: number;
  readonly parseMs: number;
  readonly checkMs: number;
  readonly countMs: number;
  readonly megabytes: number;
}

/** Runs of which the median counts; two more come before. */
const RUNS = 5;
const WARM_UP = 2;

/** One size of one family, measured in this process. */
function measure(family: string, size: number): Figures {
  const source = { name: 's.nas', text: present(families[family], 'a family')(size) };
  const host = nodeHost();
  const runs: (readonly number[])[] = [];
  let decisions = 0;
  for (let run = 0; run < WARM_UP + RUNS; run++) {
    const marks = [process.cpuUsage()];
    const program = accept(readProgram(source, host));
    marks.push(process.cpuUsage());
    const [node] = program.spaces;
    const library = [...program.library, ...program.used];
    const space = accept(
      elaborate({ file: program, library, source, space: present(node, 'a space'), overrides: [] }),
    );
    marks.push(process.cpuUsage());
    accept(membersOf(space));
    marks.push(process.cpuUsage());
    decisions = space.decisions.length;
    const times = marks.map(({ user, system }) => (user + system) / 1000);
    runs.push(times.slice(1).map((time, i) => time - (times[i] ?? 0)));
  }
  const median = (part: number): number =>
    runs
      .slice(WARM_UP)
      .map((times) => times[part] ?? 0)
      .sort((a, b) => a - b)[RUNS >> 1] ?? 0;
  const megabytes = process.resourceUsage().maxRSS / 1024;
  const [parseMs, checkMs, countMs] = [median(0), median(1), median(2)];
  return { family, decisions, bytes: source.text.length, parseMs, checkMs, countMs, megabytes };
}

function accept<T>({ value, diagnostics }: Checked<T>): T {
  if (value === undefined) throw new Refusal(...diagnostics);
  return value;
}

function inProcessOfItsOwn(family: string, size: number): Figures {
  const script = fileURLToPath(import.meta.url);
  const text = execFileSync(process.execPath, [...process.execArgv, script, family, String(size)], {
    encoding: 'utf8',
  });
  return JSON.parse(text) as Figures;
}

function main(): void {
  const all: Figures[] = [];
  for (const family of Object.keys(families)) {
    console.log(`\n${family}`);
    console.log('decisions   KiB of text   parse ms   check ms   count ms     growth   MiB');
    let before: Figures | undefined;
    for (const size of sizes) {
      const figures = inProcessOfItsOwn(family, size);
      const { decisions, bytes, parseMs, checkMs, countMs, megabytes } = figures;
      const columns = [
        String(decisions).padStart(9),
        (bytes / 1024).toFixed(1).padStart(13),
        ...[parseMs, checkMs, countMs].map((ms) => ms.toFixed(1).padStart(10)),
        (before ? `x^${growth(before, figures).toFixed(2)}` : '').padStart(10),
        megabytes.toFixed(0).padStart(5),
      ];
      console.log(columns.join(' '));
      all.push(figures);
      before = figures;
    }
  }
  for (const figures of all) console.log(JSON.stringify(figures));
}

/** The exponent with which the whole time grew. */
function growth(before: Figures, after: Figures): number {
  const whole = ({ parseMs, checkMs, countMs }: Figures): number => parseMs + checkMs + countMs;
  return Math.log(whole(after) / whole(before)) / Math.log(after.decisions / before.decisions);
}

const [family, size] = process.argv.slice(2);
if (family !== undefined && size !== undefined) console.log(JSON.stringify(measure(family, Number(size))));
else main();
