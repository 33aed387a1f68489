import { parseArgs } from 'node:util';

export type GcOptions = {
  /** Manifests of the whole registry. */
  readonly manifests: number;
  /** Expired tags of the repository that is collected. */
  readonly tags: number;
  /** Manifests of each other repository; each has a namespace of its own. */
  readonly perRepository: number;
  readonly rounds: number;
  /** Parts of the names of the contestants to run; all if empty. */
  readonly only: readonly string[];
};

/** The pattern of the repository's tags repeats after so many. */
const PATTERN = 100;

/** Parses `--manifests 1000000 --tags 20000 --per-repository 50 --rounds 1 --only gc-worker`. Throws on anything else. */
export function parseGcOptions(args: readonly string[]): GcOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      manifests: { type: 'string', default: '1000000' },
      tags: { type: 'string', default: '20000' },
      'per-repository': { type: 'string', default: '50' },
      rounds: { type: 'string', default: '1' },
      only: { type: 'string', default: '' },
    },
  });
  const manifests = wholeNumber('--manifests', values.manifests);
  const tags = wholeNumber('--tags', values.tags);
  if (tags % PATTERN !== 0) throw new Error(`--tags needs a multiple of ${PATTERN}, not "${values.tags}"`);
  if (manifests % PATTERN !== 0 || manifests < 4 * tags)
    throw new Error(`--manifests needs a multiple of ${PATTERN}, at least four times --tags`);
  return {
    manifests,
    tags,
    perRepository: wholeNumber('--per-repository', values['per-repository']),
    rounds: wholeNumber('--rounds', values.rounds),
    only: values.only.split(',').filter((name) => name !== ''),
  };
}

function wholeNumber(option: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value <= 0)
    throw new Error(`${option} needs a whole number above 0, not "${text}"`);
  return value;
}
