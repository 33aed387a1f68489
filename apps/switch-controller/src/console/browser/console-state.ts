import type {
  HistoryAnswer,
  ProcessesAnswer,
  RatesAnswer,
  SnapshotAnswer,
  SwitchesAnswer,
} from './api-types.ts';

/** The newest answer of each address; undefined before the first. */
export type ConsoleState = {
  readonly switches?: SwitchesAnswer | undefined;
  readonly snapshot?: SnapshotAnswer | undefined;
  readonly processes?: ProcessesAnswer | undefined;
  readonly history?: HistoryAnswer | undefined;
  readonly rates?: RatesAnswer | undefined;
  /** Why the newest attempt at an address failed. */
  readonly problems: Readonly<Partial<Record<StatePart, string>>>;
};
export type StatePart = keyof typeof PATHS;

/** Where each part comes from. */
export const PATHS = {
  switches: 'v1/switches',
  snapshot: 'v1/snapshot',
  processes: 'v1/processes',
  history: 'v1/history?limit=20',
  rates: 'v1/rates',
} as const;
