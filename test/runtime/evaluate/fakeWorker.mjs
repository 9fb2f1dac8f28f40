// A worker that does what the request's seed says (`deeds` in requests.ts) instead of training; FAKE_START says how it
// begins. Plain JavaScript, so that it starts in no time.
const send = (message) => process.send(message);
const diagnostic = (code, message) => ({ code, severity: 'error', message, labels: [], notes: [] });
const device = {
  adapter: `fake ${process.pid}`,
  pipelinesCompiled: 0,
  pipelinesReused: 0,
  pipelinesOutside: 0,
  bufferBytes: 0,
  residentBytes: 0,
};

const acts = {
  work: (id) => send(result(id)),
  exit: () => {
    console.error('fake driver: assertion failed');
    process.exit(3);
  },
  kill: () => process.kill(process.pid, 'SIGKILL'),
  hang: () => {
    for (;;);
  },
  nonsense: () => send({ kind: 'gibberish' }),
  slow: (id) => {
    let epoch = 0;
    const timer = setInterval(() => {
      epoch += 1;
      if (epoch > 4) {
        clearInterval(timer);
        send(result(id));
      } else send({ kind: 'progress', id, epoch, epochs: 4, loss: 1 / epoch });
    }, 500);
  },
  bug: (id) => send(failure(id, 'NAS4305', 'internal error: fake')),
  diverge: (id) => send(failure(id, 'NAS4202', 'diverged')),
  wrongId: (id) => send(result(id + 1)),
  wait: () => undefined,
  // Dies after a checkpoint; goes on from one, and tells from which.
  checkpoint: (id, { resume }) => {
    if (resume) {
      send({ ...result(id), epochLosses: resume.epochLosses });
      return;
    }
    const checkpoint = {
      epoch: 2,
      tensors: new Map([['w', { shape: [1], data: Float32Array.of(7) }]]),
      optimizer: { step: 4, tensors: new Map() },
      epochLosses: [0.5, 0.25],
    };
    process.send({ kind: 'progress', id, epoch: 2, epochs: 3, loss: 0.25, checkpoint }, () => acts.kill());
  },
};

function result(id) {
  return {
    kind: 'result',
    id,
    epochLosses: [],
    loss: 1,
    accuracy: 0.5,
    images: 360,
    seconds: 0,
    tensors: undefined,
    device,
  };
}

function failure(id, code, message) {
  return { kind: 'failure', id, diagnostic: diagnostic(code, message), fatal: false };
}

process.once('disconnect', () => process.exit(0));
process.on('message', (request) => {
  if (request.kind === 'stop') process.exit(0);
  Object.values(acts)[request.seed](request.id, request);
});

switch (process.env.FAKE_START) {
  case 'crash':
    console.error('fake driver: cannot start');
    process.exit(7);
  case 'notReady':
    send({ kind: 'notReady', diagnostic: diagnostic('NAS4001', 'no WebGPU adapter was found (fake)') });
    break;
  case 'silent':
    break;
  default:
    send({ kind: 'ready', adapter: 'fake' });
}
