import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { StackApp } from './apps.ts';

/** What runs where, for scripts; null for what is absent. */
export type StackState = {
  apps: Record<
    string,
    { url: string | null; admin: string; listeners: Readonly<Record<string, string>>; pid: number }
  >;
  database: string | null;
  redis: string | null;
  prometheus: string | null;
  pushgateway: string | null;
  registry: string | null;
  /** The bearer token for changes at the switch-controller of this stack. */
  switchToken: string;
};

/** Describes the apps that are up. */
export function appStates(apps: readonly StackApp[]): StackState['apps'] {
  return Object.fromEntries(
    apps.flatMap(({ name, url, admin, listeners, process }) =>
      process === undefined ? [] : [[name, { url, admin, listeners, pid: process.pid }]],
    ),
  );
}

/** A file of an earlier start would be taken for this one's. */
export function removeState(file: string): void {
  rmSync(file, { force: true });
}

/** Writes the file at once: whoever sees it sees all of it. */
export function writeState(file: string, state: StackState): void {
  mkdirSync(dirname(file), { recursive: true });
  const unfinished = `${file}.${process.pid}.tmp`;
  // It holds the token.
  writeFileSync(unfinished, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  renameSync(unfinished, file);
}
