import { renderPulls, renderTable, type Pulls, type Row } from './render-table.ts';

/** Where the table goes. */
export type Screen = Pick<NodeJS.WriteStream, 'write'> & { isTTY?: boolean; columns?: number };

/** Shows the state of the stack: on a terminal as a table that stays in place, else as lines on change. */
export type Display = { show(rows: readonly Row[], pulls: Pulls): void };

const DEFAULT_COLUMNS = 120;

/** Creates a display that has shown nothing yet. */
export function createDisplay(screen: Screen): Display {
  return screen.isTTY === true ? terminalDisplay(screen) : plainDisplay(screen);
}

function terminalDisplay(screen: Screen): Display {
  let linesShown = 0;
  return {
    show: (rows, pulls) => {
      // A line that wraps would break the count of lines to go back. Some terminals say they have 0 columns.
      const columns = (screen.columns ?? 0) > 0 ? Number(screen.columns) : DEFAULT_COLUMNS;
      const lines = renderTable(rows, pulls).map((line) => line.slice(0, columns - 1));
      const back = linesShown === 0 ? '' : `\u001b[${linesShown}A\u001b[J`;
      screen.write(`${back}${lines.join('\n')}\n`);
      linesShown = lines.length;
    },
  };
}

function plainDisplay(screen: Screen): Display {
  let states: Map<string, string> | undefined;
  let pullsShown = '';
  return {
    show: (rows, pulls) => {
      const line = renderPulls(pulls);
      if (states === undefined) {
        screen.write(`${renderTable(rows, pulls).join('\n')}\n`);
      } else {
        for (const { app, state } of rows) {
          if (states.get(app) !== state) screen.write(`${app}: ${state}\n`);
        }
        if (line !== pullsShown) screen.write(`${line}\n`);
      }
      states = new Map(rows.map(({ app, state }) => [app, state]));
      pullsShown = line;
    },
  };
}
