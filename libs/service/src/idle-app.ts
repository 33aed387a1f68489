import type { ComposedApp } from './app-definition.ts';

/** An app whose work has another owner for now: it is up, exposes its metrics, and says what it waits for. */
export function idleApp(waitsFor: string): ComposedApp {
  return { start: () => Promise.resolve(), stop: () => Promise.resolve(), waitsFor };
}
