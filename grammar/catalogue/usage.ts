/** Diagnostics of family 5: using the command. */
import type { Entries } from './entry.ts';

/** What each message needs to know. */
export interface UsageValues {
  noSuchFile: { path: string };
  notAFile: { path: string };
  unreadableFile: { path: string; reason: string };
  notText: { path: string; problem: string };
  unwritableFile: { path: string; reason: string };
  unknownTemplate: { name: string };
  // 51xx: the words of a command
  unknownCommand: { name: string };
  unknownOption: { name: string; command: string };
  missingWord: { command: string; name: string };
  surplusWord: { command: string; word: string };
  missingValue: { option: string };
  badValue: { option: string; value: string };
  conflictingOptions: { first: string; second: string };
  badSetting: { text: string };
  nothingToShow: { what: string };
  unknownCode: { code: string };
  // 52xx: notes on what a command did
  spaceExhausted: { count: string };
  fewAllowed: { found: number; attempts: number };
}

export const usageEntries: Entries<UsageValues> = {
  noSuchFile: {
    code: 'NAS5001',
    severity: 'error',
    title: 'no such file',
    message: ({ path }) => `there is no file ${path}`,
    explanation: `The path is taken relative to the folder in which the command runs.`,
  },
  notAFile: {
    code: 'NAS5002',
    severity: 'error',
    title: 'not a file',
    message: ({ path }) => `${path} is not a file`,
    explanation: `The command reads one plain file; a folder, a pipe or a device is none.`,
  },
  unreadableFile: {
    code: 'NAS5003',
    severity: 'error',
    title: 'file cannot be read',
    message: ({ path, reason }) => `${path} cannot be read: ${reason}`,
    explanation: `The file is there, but the system does not let this command read it.`,
  },
  notText: {
    code: 'NAS5004',
    severity: 'error',
    title: 'file is not text',
    message: ({ path, problem }) => `${path} is not text: ${problem}`,
    explanation: `Files of spaces are text in UTF-8. This one holds bytes that no such text has: it is a program, an image, an
archive, or text in another encoding. An editor can save it as UTF-8.`,
  },
  unwritableFile: {
    code: 'NAS5005',
    severity: 'error',
    title: 'file cannot be written',
    message: ({ path, reason }) => `${path} cannot be written: ${reason}`,
    explanation: `Nothing was changed.`,
  },
  unknownTemplate: {
    code: 'NAS5006',
    severity: 'error',
    title: 'unknown template',
    message: ({ name }) => `there is no shipped space \`${name}\``,
    explanation: `\`nas new NAME --from TEMPLATE\` copies one of the spaces that come with naslang.`,
  },
  unknownCommand: {
    code: 'NAS5101',
    severity: 'error',
    title: 'unknown command',
    message: ({ name }) => `there is no command \`nas ${name}\``,
    explanation: `\`nas --help\` lists the commands.`,
  },
  unknownOption: {
    code: 'NAS5102',
    severity: 'error',
    title: 'unknown option',
    message: ({ name, command }) => `\`${command}\` has no option \`${name}\``,
    explanation: `\`nas COMMAND --help\` lists the options of a command.`,
  },
  missingWord: {
    code: 'NAS5103',
    severity: 'error',
    title: 'missing word in a command',
    message: ({ command, name }) => `\`${command}\` needs ${name}`,
    explanation: `\`nas COMMAND --help\` shows which words a command takes. Those in brackets may be left out.`,
  },
  surplusWord: {
    code: 'NAS5104',
    severity: 'error',
    title: 'one word too many',
    message: ({ command, word }) => `\`${command}\` does not know what to do with \`${word}\``,
    explanation: `The command takes fewer words. \`nas COMMAND --help\` shows which ones. A name with spaces in it stands in quotes.`,
  },
  missingValue: {
    code: 'NAS5105',
    severity: 'error',
    title: 'option without its value',
    message: ({ option }) => `\`${option}\` needs a value`,
    explanation: `\`nas COMMAND --help\` shows what the option takes.`,
  },
  badValue: {
    code: 'NAS5106',
    severity: 'error',
    title: 'wrong value of an option',
    message: ({ option, value }) => `\`${option}\` cannot be \`${value}\``,
    explanation: `\`nas COMMAND --help\` shows what the option takes.`,
  },
  conflictingOptions: {
    code: 'NAS5107',
    severity: 'error',
    title: 'options that exclude each other',
    message: ({ first, second }) => `\`${first}\` and \`${second}\` cannot stand together`,
    explanation: `Leave one of them out.`,
  },
  badSetting: {
    code: 'NAS5108',
    severity: 'error',
    title: 'setting of another form',
    message: ({ text }) => `\`--set ${text}\` sets nothing`,
    explanation: `A setting is a name, \`=\` and a value: a parameter of the space (\`--set classes=5\`), or a field of the search or an
argument inside of one (\`--set evaluate.epochs=2\`, \`--set data.split=writers\`). Values are written as in a file;
what the shell would take apart stands in quotes.`,
  },
  nothingToShow: {
    code: 'NAS5109',
    severity: 'error',
    title: 'view without an architecture',
    message: ({ what }) => `\`${what}\` shows one network, and no architecture is named`,
    explanation: `A graph, a plan and its shaders belong to one architecture of the space. Name it after the file: by its place
(\`rank:0\`), as the compact text that \`nas sample\` prints, or as a JSON file.`,
  },
  unknownCode: {
    code: 'NAS5110',
    severity: 'error',
    title: 'unknown code',
    message: ({ code }) => `no message has the code ${code}`,
    explanation: `\`nas explain\` alone lists all codes.`,
  },
  spaceExhausted: {
    code: 'NAS5201',
    severity: 'note',
    title: 'whole space listed',
    message: ({ count }) =>
      count === '1'
        ? 'the space has only this one architecture'
        : `the space has only these ${count} architectures`,
    explanation: `Samples are drawn without repetition, so there are no more of them than architectures.`,
  },
  fewAllowed: {
    code: 'NAS5202',
    severity: 'note',
    title: 'few architectures are allowed',
    message: ({ found, attempts }) =>
      `after ${found.toLocaleString('en-US')} architectures, ${attempts.toLocaleString('en-US')} in a row broke a requirement`,
    explanation: `The requirements of this space are asked of one architecture at a time (see NAS3006), and nearly all break them. Loosen them, or state them on decisions, \`params\` or \`macs\`, which are counted.`,
  },
};
