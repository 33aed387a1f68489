import { parseArgs } from 'node:util';

/** What every benchmark can be told on the command line. */
export type RunOptions = {
  /** Rounds; the figures are medians over them. */
  rounds: number;
  /** How long one measurement lasts. */
  seconds: number;
  /** Names of the contestants to run; all if empty. */
  only: string[];
  /** How often a measurement is repeated at most while other programs use the machine. */
  tries: number;
};

/**
 * Parses `--rounds 5 --seconds 3 --only ours,nginx --tries 8`. Throws on anything else. A benchmark that
 * repeats no measurements has no default for `tries`, and `--tries` is refused.
 */
export function parseRunOptions(
  args: readonly string[],
  defaults: { seconds: number; tries?: number },
): RunOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: String(defaults.seconds) },
      only: { type: 'string', default: '' },
      tries: { type: 'string' },
    },
  });
  if (values.tries !== undefined && defaults.tries === undefined)
    throw new Error('--tries: this benchmark repeats no measurement');
  return {
    rounds: positive('--rounds', values.rounds),
    seconds: positive('--seconds', values.seconds),
    only: values.only.split(',').filter((name) => name !== ''),
    tries: positive('--tries', values.tries ?? String(defaults.tries ?? 1)),
  };
}

function positive(option: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`${option} needs a number above 0, not "${text}"`);
  return value;
}
