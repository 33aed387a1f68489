/** What every contestant logs: a registry's typical line, over many turns of the event loop. */
export const MESSAGE = 'Manifest served from upstream';
export const LOGGER_NAME = 'registry-metrics.gateway';
const LINES_PER_TURN = 100;

export type Fields = { repository: string; reference: string; status: number; durationMs: number };

export function fieldsOf(line: number): Fields {
  return {
    repository: 'quay/clair',
    reference: 'sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    status: 200,
    durationMs: 12.5 + (line % 1000),
  };
}

/** Logs all lines, a hundred a turn as a busy server does, and resolves after the last. */
export async function logInTurns(lines: number, log: (fields: Fields) => void): Promise<void> {
  for (let line = 0; line < lines; line += 1) {
    log(fieldsOf(line));
    if (line % LINES_PER_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Reports to the benchmark, on descriptor 3, how long the lines took until all were handed to the system. */
export type Report = { seconds: number };
