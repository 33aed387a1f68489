import cluster from 'node:cluster';
import type { Environment } from '@quay-observability/quay-config';
import type { ServiceSettings } from '../service-settings.ts';
import { createWorkerLink, type WorkerLink } from './worker-link.ts';

/** Set for the workers that an app of ours forks: another program may run the whole app as a worker of its own. */
export const WORKER_VARIABLE = 'QUAY_HTTP_WORKER';

/** A worker's share of the grace period: what is left is for its last counts to arrive. */
const SHARE_OF_GRACE = 0.95;

/** The link of a worker to its primary process; undefined in any other process. */
export function linkOfWorker(env: Environment): WorkerLink | undefined {
  return env[WORKER_VARIABLE] === '1' && cluster.isWorker ? createWorkerLink(process) : undefined;
}

/** The settings of a worker: it is to be done before the app is. */
export function settingsOfWorker(settings: ServiceSettings): ServiceSettings {
  return { ...settings, shutdownGraceSeconds: settings.shutdownGraceSeconds * SHARE_OF_GRACE };
}

/** Calls back when the primary process is gone; the process then has to end within the call, or Node ends it. */
export function whenPrimaryIsGone(callback: () => void): void {
  cluster.worker?.once('disconnect', callback);
}

/** Whether standard output is shared with other processes; known before the settings are. */
export function sharesOutput(env: Environment): boolean {
  return env[WORKER_VARIABLE] === '1' || Number(env.HTTP_WORKERS) > 1;
}
