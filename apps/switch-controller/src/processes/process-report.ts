import type { IncomingHttpHeaders } from 'node:http';
import type { SwitchPhase } from '@quay-observability/service';

/** What a process tells about itself when it polls: its acknowledgement of the version it has in force. */
export type ProcessReport = {
  /** `<name>@<host>:<pid>` */
  readonly id: string;
  readonly name: string;
  readonly host: string;
  readonly pid: number;
  /** In force there; 0 if there is none. */
  readonly version: number;
  readonly phase: SwitchPhase;
  /** Since its last successful poll. */
  readonly ageSeconds: number;
};

const NAME = /^[a-z][a-z0-9._-]{0,63}$/;
const HOST = /^[A-Za-z0-9](?:[A-Za-z0-9._:-]{0,252})$/;
const PID = /^[1-9]\d{0,9}$/;
const VERSION = /^\d{1,15}$/;
const AGE = /^\d{1,9}(?:\.\d{1,9})?$/;
const PHASES: readonly SwitchPhase[] = ['fresh', 'last-known-good', 'fail-closed'];

/** Reads the headers of a poll; undefined if it has none, or one that no process of ours would send. */
export function parseProcessReport(headers: IncomingHttpHeaders): ProcessReport | undefined {
  const name = matching(headers, 'x-quay-process-name', NAME);
  const host = matching(headers, 'x-quay-process-host', HOST);
  const pid = matching(headers, 'x-quay-process-id', PID);
  const version = matching(headers, 'x-quay-snapshot-version', VERSION);
  const age = matching(headers, 'x-quay-snapshot-age', AGE);
  const phase = PHASES.find((each) => each === headers['x-quay-snapshot-state']);
  if (name === undefined || host === undefined || pid === undefined || version === undefined)
    return undefined;
  return {
    id: `${name}@${host}:${pid}`,
    name,
    host,
    pid: Number(pid),
    version: Number(version),
    phase: phase ?? 'fresh',
    ageSeconds: Number(age ?? 0),
  };
}

/** The version that a client has in force, whoever it is; 0 if it does not tell. */
export function reportedVersion(headers: IncomingHttpHeaders): number {
  return Number(matching(headers, 'x-quay-snapshot-version', VERSION) ?? 0);
}

function matching(headers: IncomingHttpHeaders, name: string, shape: RegExp): string | undefined {
  const value = headers[name];
  return typeof value === 'string' && shape.test(value) ? value : undefined;
}
