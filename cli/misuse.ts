/** Command lines that are wrong, as diagnostics. */
import type { Command, CommanderError } from 'commander';
import { diagnose, refuse, type Diagnostic } from '../grammar/diagnostics.ts';
import { closest, didYouMean } from '../util/didYouMean.ts';
import { excerpt, listWords } from '../util/words.ts';

/** Refuses words behind the last argument of a command. */
export function refuseSurplus(command: Command): void {
  if (command.registeredArguments.some((argument) => argument.variadic)) return;
  const surplus = command.args[command.registeredArguments.length];
  if (surplus === undefined) return;
  refuse('surplusWord', { command: `nas ${command.name()}`, word: excerpt(surplus) });
}

/** A misuse that commander found, as a diagnostic; undefined where it only printed what was asked for. */
export function explainMisuse(
  program: Command,
  argv: readonly string[],
  { code, message }: CommanderError,
): Diagnostic | undefined {
  const quoted = excerpt(/'(.*?)'/s.exec(message)?.[1] ?? '');
  const command = program.commands.find((c) => argv.includes(c.name()));
  const name = command === undefined ? 'nas' : `nas ${command.name()}`;
  switch (code) {
    case 'commander.unknownCommand': {
      const hint = didYouMean(
        quoted,
        program.commands.map((c) => c.name()),
      );
      return diagnose(
        'unknownCommand',
        { name: quoted },
        { hint: hint ?? '`nas --help` lists the commands' },
      );
    }
    case 'commander.unknownOption': {
      const known = (command ?? program).options.flatMap((o) =>
        [o.long, o.short].filter((n) => n !== undefined),
      );
      // Short words are near to many others.
      const near = closest(quoted, [...known, '--help'], 2).map((option) => `\`${option}\``);
      const hint = near.length > 0 ? `did you mean ${listWords(near)}?` : `\`${name} --help\` lists them`;
      return diagnose('unknownOption', { name: quoted, command: name }, { hint });
    }
    case 'commander.missingArgument':
      return diagnose(
        'missingWord',
        { command: name, name: quoted.toUpperCase() },
        { hint: `\`${name} --help\` shows how it is used` },
      );
    case 'commander.optionMissingArgument':
      return diagnose('missingValue', { option: quoted });
    default:
      return undefined;
  }
}
