import type { ConsoleState } from './console-state.ts';
import { byId } from './elements.ts';

const PARTS = { processes: 'processes-problem', history: 'history-problem' } as const;

/** Says at a table that it could not be read, and that what it shows may be old. */
export function showPartProblems(problems: ConsoleState['problems']): void {
  for (const [part, id] of Object.entries(PARTS) as [keyof typeof PARTS, string][]) {
    const problem = problems[part];
    const place = byId(id);
    place.hidden = problem === undefined;
    place.textContent = problem === undefined ? '' : `Not available now: ${problem}`;
  }
}
