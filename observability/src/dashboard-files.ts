import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { healthDashboard } from './dashboards/health.ts';
import { ownerSwitchesDashboard } from './dashboards/owner-switches.ts';
import { registryDashboard } from './dashboards/registry.ts';
import { workersDashboard } from './dashboards/workers.ts';

/** Where Grafana finds the dashboards. */
const FOLDER = join(import.meta.dirname, '../dashboards');

/** Every dashboard: its file, and what it must hold. */
export const DASHBOARDS: readonly { file: string; build: () => Dashboard }[] = [
  { file: 'owner-switches.json', build: ownerSwitchesDashboard },
  { file: 'registry.json', build: registryDashboard },
  { file: 'health.json', build: healthDashboard },
  { file: 'workers.json', build: workersDashboard },
];

/** A dashboard as its file has it. */
export function renderDashboard(dashboard: Dashboard): string {
  return `${JSON.stringify(dashboard, null, 2)}\n`;
}

/** Writes every dashboard. */
export function writeDashboards(): void {
  for (const { file, build } of DASHBOARDS) writeFileSync(join(FOLDER, file), renderDashboard(build()));
}

/** What a dashboard's file holds. */
export function readDashboard(file: string): string {
  return readFileSync(join(FOLDER, file), 'utf8');
}
