/** What the JSON API answers, as far as the console shows it. Texts in it come from anybody. */

export type CanaryJson = {
  orgs: readonly string[];
  repos: readonly string[];
  users: readonly string[];
  /** 0..100. */
  percent?: number | null;
};

/** A switch and what follows from it: `owner` is in force, `written` is what the switch itself says. */
export type SwitchState = {
  switch: string;
  written: string | null;
  owner: string;
  source: string;
  canary?: CanaryJson | null;
};

export type CapabilityState = SwitchState & { capability: string };
export type FamilyState = SwitchState & {
  family: string;
  milestone: string;
  capabilities: readonly CapabilityState[];
};
export type WorkerState = SwitchState & { program: string; milestone: string };

/** `GET /v1/switches` */
export type SwitchesAnswer = {
  version: number;
  updated_at: string;
  updated_by?: string | null;
  reason?: string | null;
  force_python: boolean;
  families: readonly FamilyState[];
  workers: readonly WorkerState[];
  routes: readonly { switch: string; written: string }[];
  milestones: readonly MilestoneState[];
  warnings: readonly string[];
};
export type MilestoneState = {
  milestone: string;
  total: number;
  on_go: number;
  on_python: readonly string[];
};

/** `GET /v1/snapshot` */
export type SnapshotAnswer = {
  version: number;
  owners: Readonly<Record<string, string>>;
  canaries?: CanaryJson & { by_switch?: Readonly<Record<string, CanaryJson>> };
};

/** `GET /v1/processes`; times in seconds. */
export type ProcessesAnswer = {
  version: number;
  slowest_propagation_seconds: number | null;
  pending: number;
  processes: readonly ProcessState[];
};
export type ProcessState = {
  id: string;
  process_name: string;
  host: string;
  pid: number | string;
  version: number;
  state: string;
  snapshot_age_seconds: number | null;
  last_seen: string;
  propagation_seconds: number | null;
  /** `current`, `behind` or `silent`. */
  status: string;
};

/** One difference between two versions; null is absent. */
export type Change = { field: string; from: string | null; to: string | null };

/** `GET /v1/history`, newest first. */
export type HistoryAnswer = { entries: readonly HistoryEntry[] };
export type HistoryEntry = {
  version: number;
  updated_at: string;
  updated_by?: string | null;
  reason?: string | null;
  changes: readonly Change[];
  rolled_back_to?: number | null;
};

/** `GET /v1/rates`: decisions per second. */
export type RatesAnswer =
  { available: true; owners: Readonly<Record<string, number>> } | { available: false; why: string };

/** What a change with `dry_run` answers. */
export type DryRunAnswer = {
  version: number;
  next_version: number;
  changes: readonly Change[];
  warnings: readonly string[];
};
