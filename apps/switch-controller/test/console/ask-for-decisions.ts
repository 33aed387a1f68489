import { setTimeout as sleep } from 'node:timers/promises';

const PAUSE_MS = 5;

/** Asks the controller for decisions (query strings of `/v1/decision`), one after the other, until it is told to stop. */
export async function askForDecisions(
  url: string,
  queries: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  for (let asked = 0; !signal.aborted; asked += 1) {
    const response = await fetch(`${url}/v1/decision?${queries[asked % queries.length] ?? ''}`);
    if (!response.ok) throw new Error(`a decision answers ${response.status}`);
    await sleep(PAUSE_MS);
  }
}
