#!/usr/bin/env node
/** The command `nas`: hands the process over to {@link run}. */
import { processTerminal } from './processTerminal.ts';
import { run } from './run.ts';

process.exitCode = await run(process.argv.slice(2), processTerminal());
