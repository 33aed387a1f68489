import type { ApiClient } from './api-client.ts';
import { PATHS, type ConsoleState, type StatePart } from './console-state.ts';

/** The state of the controller, followed. */
export type LiveState = {
  current(): ConsoleState;
  /** Reads all parts now. */
  refresh(): Promise<void>;
  /** Reads them again and again while the page is visible. */
  start(): void;
};

/**
 * Reads the API every `intervalMs`. Each part stands alone: without the history the matrix still follows. A
 * part that fails keeps its last answer and gets a problem.
 */
export function createLiveState(options: {
  api: ApiClient;
  intervalMs: number;
  onChange: (state: ConsoleState) => void;
}): LiveState {
  const { api, intervalMs, onChange } = options;
  let state: ConsoleState = { problems: {} };
  let reading: Promise<void> | undefined;
  let timer: number | undefined;

  const read = async (part: StatePart): Promise<void> => {
    try {
      const answer = await api.read(PATHS[part]);
      state = { ...state, [part]: answer, problems: without(state.problems, part) };
    } catch (error) {
      state = { ...state, problems: { ...state.problems, [part]: messageOf(error) } };
    }
  };
  const readAll = async (): Promise<void> => {
    await Promise.all((Object.keys(PATHS) as StatePart[]).map(read));
    onChange(state);
  };
  const refresh = async (): Promise<void> => {
    // What is on its way may have been asked before what happened since.
    await reading;
    reading ??= readAll().finally(() => {
      reading = undefined;
    });
    await reading;
  };
  const next = (): void => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => {
      if (document.visibilityState === 'hidden') return;
      void refresh().finally(next);
    }, intervalMs);
  };
  return {
    current: () => state,
    refresh,
    start: () => {
      document.addEventListener('visibilitychange', () => {
        if (document.visibilityState === 'visible') void refresh().finally(next);
      });
      void refresh().finally(next);
    },
  };
}

function without(problems: ConsoleState['problems'], part: StatePart): Partial<Record<StatePart, string>> {
  return Object.fromEntries(Object.entries(problems).filter(([name]) => name !== part));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
