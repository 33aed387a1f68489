/**
 * Measures every contestant once per round, round after round, so that all of them meet the same
 * machine. Each round begins with another contestant. Gives each one's results by round.
 */
export async function measureInRounds<Contestant extends { name: string }, Result>(
  rounds: number,
  contestants: readonly Contestant[],
  measure: (contestant: Contestant) => Promise<Result>,
  onProgress: (done: string) => void = () => undefined,
): Promise<Map<string, Result[]>> {
  const results = new Map<string, Result[]>(contestants.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const contestant of rotated(contestants, round)) {
      results.get(contestant.name)?.push(await measure(contestant));
      onProgress(`round ${round + 1} of ${rounds}: ${contestant.name}`);
    }
  }
  return results;
}

/** The list, begun `by` places further on. */
export function rotated<Item>(items: readonly Item[], by: number): Item[] {
  const start = items.length === 0 ? 0 : by % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}
