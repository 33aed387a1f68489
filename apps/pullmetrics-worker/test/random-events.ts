/** Gives numbers in [0, 1), the same ones for the same seed (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export type RandomEvent = { key: string; fields: Record<string, string> };

const START = 1_750_000_000;
/** Later than everything of an earlier seed, as time goes by. */
const SECONDS_PER_SEED = 10_000;
const DIGESTS = ['a', 'b', 'c', 'd'].map((hex) => `sha256:${hex.repeat(64)}`);
const ODD_DIGESTS = [
  'sha512:AbCd09',
  'x+y_z.1-2:0',
  'sha256',
  'sha256:',
  ':ab',
  'sha256:xyz',
  'a:b:c',
  'sha256:ab ',
];
const ODD_IDS = ['0', '-1', '', 'x', '1.0', '1e3'];
const ODD_COUNTS = ['0', '-0', '-5', '', '1.5', 'NaN', ' 7 ', '+3', '1_000', '_1', '1__0', '0x10', '007'];
const ODD_TIMES = ['-1', '', 'now', '1750000000.5'];
const ODD_METHODS = ['', 'digest', 'TAG', 'push'];

/**
 * Pull events as they are, as a crash of Python leaves them claimed, and as they should not be. Every time is another
 * one: of two pulls at the same second either may be the latest.
 */
export function randomEvents(seed: number, repositories: readonly number[]): RandomEvent[] {
  const random = randomNumbers(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  const chance = (share: number) => random() < share;
  let at = START + seed * SECONDS_PER_SEED;
  const events = new Map<string, RandomEvent>();
  const count = 20 + Math.floor(random() * 180);
  for (let number = 0; number < count; number += 1) {
    at += 1 + Math.floor(random() * 40);
    const isByTag = chance(0.6);
    const repository = String(pick(repositories));
    const tag = pick(['latest', 'v1', 'V1', '_x.Y-z', 'ü']);
    const digest = chance(0.1) ? pick(ODD_DIGESTS) : pick(DIGESTS);
    const name = `pull_events:repo:${repository}:${isByTag ? `tag:${tag}` : 'digest'}:${digest}`;
    const hex = Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0');
    const key = chance(0.2) ? `${name}:processing:${START * 1000 + number}:${hex}` : name;
    const fields: Record<string, string> = {
      repository_id: chance(0.04) ? pick(ODD_IDS) : repository,
      tag_name: isByTag ? tag : '',
      manifest_digest: digest,
      pull_count: chance(0.1) ? pick(ODD_COUNTS) : String(1 + Math.floor(random() * 1000)),
      last_pull_timestamp: chance(0.05) ? pick(ODD_TIMES) : String(at),
      pull_method: chance(0.06) ? pick(ODD_METHODS) : isByTag ? 'tag' : 'digest',
    };
    if (chance(0.05)) delete fields[pick(Object.keys(fields))];
    events.set(key, { key, fields });
  }
  return [...events.values()];
}
