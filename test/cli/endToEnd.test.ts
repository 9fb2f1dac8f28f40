/** Real searches in processes of their own, with real trainings on the device; also killed in their midst. */
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { start } from './child.ts';
import { files, temporaryFolder } from './runNas.ts';

const patience = 120_000;

function folderWithSpace(): string {
  const folder = temporaryFolder();
  copyFileSync(join(files, 'tiny.nas'), join(folder, 'tiny.nas'));
  return folder;
}

async function trials(cwd: string): Promise<string> {
  const { code, out, err } = await start(['trials', 'tiny.nas', '--json', '--no-times'], { cwd }).ended;
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return out;
}

describe('a search', () => {
  test('that was killed and started again ends as one that was not', { timeout: 2 * patience }, async () => {
    const [whole, parted] = [folderWithSpace(), folderWithSpace()];
    const { code, out, err } = await start(['search', 'tiny.nas'], { cwd: whole }).ended;
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/\n {2}validation {4}\d+\.\d%, \d+ of 360 images/);
    expect(out).toMatch(/\n {2}test {10}\d+\.\d%, \d+ of 360 images/);
    const stored = JSON.parse(await trials(whole));
    expect(stored.trials.map(({ status }: { status: string }) => status)).toEqual(['done', 'done']);
    expect(stored.finals).toHaveLength(1);
    // Six epochs teach even a network of some hundred numbers something; chance is 10 %.
    expect(stored.finals[0].accuracy).toBeGreaterThan(0.2);
    const [weights = ''] = /\S+\.safetensors/.exec(out) ?? [];
    expect(existsSync(join(whole, weights))).toBe(true);
    const [architecture = ''] = /\S+trial-\d\.json/.exec(out) ?? [];
    expect(JSON.parse(readFileSync(join(whole, architecture), 'utf8'))).toMatchObject({ space: 'tiny' });

    const killed = start(['search', 'tiny.nas'], { cwd: parted });
    await killed.said('trial 0 ');
    killed.child.kill('SIGKILL');
    expect((await killed.ended).signal).toBe('SIGKILL');
    const resumed = await start(['search', 'tiny.nas'], { cwd: parted }).ended;
    expect({ code: resumed.code, err: resumed.err }).toEqual({ code: 0, err: '' });
    expect(resumed.out).toContain('has 1 trial so far\ntrial 1 ');
    expect(await trials(parted)).toBe(await trials(whole));
  });

  test('that is interrupted ends in order and leaves nothing running', { timeout: patience }, async () => {
    const cwd = folderWithSpace();
    // The last training has no end, so that there is something to interrupt however slow this process is.
    const settings = ['--set', 'evaluate.epochs=40', '--set', 'retrain.epochs=1000000'];
    const words = ['search', 'tiny.nas', '--trials', '7', ...settings];
    const search = start(words, { cwd });
    await search.said('trial 0 ');
    search.child.kill('SIGINT');
    const { code, out, err } = await search.ended;
    expect({ code, err }).toEqual({ code: 130, err: '' });
    expect(out).toMatch(/\nThe same command (goes on after trial \d|trains the best network anew)\.\n$/);
  });

  test(
    'whose trainings diverge says which operation was first to give no number',
    { timeout: patience },
    async () => {
      const cwd = folderWithSpace();
      const large = ['--set', 'evaluate.optimizer.lr=1e36'];
      const { code, out, err } = await start(['search', 'tiny.nas', ...large], { cwd }).ended;
      const failed =
        /failed .* NAS4205: `[\w()]+( [\w.[\]]+)?` gave (NaN|-?infinity) at step \d of epoch 1\n/;
      expect(code).toBe(1);
      expect(out).toMatch(failed);
      expect(err).toContain('error[NAS4508]');
      const shown = await start(['trials', 'tiny.nas', ...large], { cwd }).ended;
      expect(shown.out).toMatch(failed);
      expect(shown.out).toMatch(/\nNAS4205: a smaller learning rate `lr`/);
      const stored = await start(['trials', 'tiny.nas', '--json', ...large], { cwd }).ended;
      const [{ failure }] = JSON.parse(stored.out).trials;
      expect(failure.code).toBe('NAS4205');
      expect(failure.notes.at(-1)).toContain('all numbers that went into it were finite');
    },
  );

  test('without an adapter says what to do', { timeout: patience }, async () => {
    const env = { NASLANG_DRIVER: 'none' };
    const { code, err } = await start(['search', 'tiny.nas'], { cwd: folderWithSpace(), env }).ended;
    expect(code).toBe(1);
    expect(err).toContain('error[NAS4001]: no WebGPU adapter was found');
  });
});
