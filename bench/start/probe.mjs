// Loaded before the command and its worker by `npm run bench:start`: notes when each process came to what, without a change
// to either. Plain JavaScript, because it runs before any loader. Each line that it leaves is a Mark of marks.ts.
import { ChildProcess } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { basename } from 'node:path';

const file = process.env.NASLANG_BENCH_MARKS;
const role = basename(process.argv[1] ?? '', '.js');
const marks = [];

function mark(stage, at = performance.timeOrigin + performance.now()) {
  const { user, system } = process.cpuUsage();
  marks.push({ role, stage, at, cpuMs: (user + system) / 1000 });
}

/** Marks a stage when it is reached for the first time. */
function markOnce(stage) {
  if (!marks.some((one) => one.stage === stage)) mark(stage);
}

/** Calls `patch` with the prototype of a class of WebGPU, as soon as the package puts it among the globals. */
function onceThere(name, patch) {
  const set = (value) => {
    Object.defineProperty(globalThis, name, { value, configurable: true, enumerable: true, writable: true });
    patch(value.prototype);
  };
  Object.defineProperty(globalThis, name, { set, configurable: true, enumerable: true });
}

/** Puts `then(result)` after each call of a method. */
function after(prototype, method, then) {
  const original = prototype[method];
  prototype[method] = function (...args) {
    const result = original.apply(this, args);
    then(result, this);
    return result;
  };
}

mark('started', performance.timeOrigin);
process.on('exit', () => {
  appendFileSync(file, marks.map((one) => `${JSON.stringify(one)}\n`).join(''));
});

// The first message to the worker is the first training. `send` is each child's own.
after(ChildProcess.prototype, 'spawn', (_, child) => {
  if (child.send) after(child, 'send', () => markOnce('requested'));
});

onceThere('GPUAdapter', (prototype) => {
  after(prototype, 'requestDevice', (device) => device.then(() => markOnce('device')));
});
let compiling = 0;
onceThere('GPUDevice', (prototype) => {
  after(prototype, 'createComputePipelineAsync', (pipeline) => {
    markOnce('planned');
    compiling += 1;
    pipeline.then(() => {
      compiling -= 1;
      if (compiling === 0) markOnce('pipelines');
    });
  });
});
let encoded = false;
onceThere('GPUComputePassEncoder', (prototype) => {
  after(prototype, 'dispatchWorkgroups', () => (encoded = true));
});
onceThere('GPUQueue', (prototype) => {
  let submitted = false;
  after(prototype, 'submit', (_, queue) => {
    // What was submitted before the first dispatch are copies.
    if (submitted || !encoded) return;
    submitted = true;
    markOnce('submitted');
    queue.onSubmittedWorkDone().then(() => markOnce('stepped'));
  });
});
