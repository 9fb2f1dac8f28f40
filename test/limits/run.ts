/** Compiles the bomb that is named, with what memory the process was given, and says in JSON how it ended. */
import type { Host } from '../../compiler/program.ts';
import { nodeHost } from '../../runtime/host.ts';
import { checkText } from '../corpus/checkText.ts';
import { bombs } from './bombs.ts';

/** Files that are asked for are there, and empty. */
const host: Host = { ...nodeHost(), use: (name) => ({ name, text: 'nas 1\n' }) };

const text = bombs[process.argv[2] ?? '']?.text() ?? '';
const start = performance.now();
const [first] = checkText({ name: 'bomb.nas', text }, host);
const took = Math.round(performance.now() - start);
console.log(JSON.stringify({ code: first?.code, message: first?.message.slice(0, 120), took }));
