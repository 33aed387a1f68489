import { hostname } from 'node:os';
import type { AppName } from '@quay-observability/metric-catalogue';
import { CodedError } from '@quay-observability/coded-errors';
import { parseSnapshot, type ParsedSnapshot } from '@quay-observability/owner-switch';
import { controllerError } from './controller-error.ts';
import { getSmall, type SmallAnswer } from './get-small.ts';
import type { AgedAnswer, PollReport, SwitchSource } from './owner-switches.ts';

/** An entity tag as RFC 9110 has it, of a length that is fit to be sent back. */
const ETAG = /^(?:W\/)?"[\x21\x23-\x7e]{0,200}"$/;

/** Seconds since the controller last confirmed the snapshot with its store: with Redis away, it serves what it has. */
const CONFIRMED_AGE = 'x-quay-confirmed-age';
const AGE = /^\d{1,9}(?:\.\d{1,9})?$/;

/**
 * The switches of the switch-controller at `baseUrl` (`GET /v1/snapshot`). Each poll tells which version this
 * process has in force, and lets the controller hold the answer until there is a change.
 */
export function createControllerSource(baseUrl: URL, app: AppName): SwitchSource<AgedAnswer> {
  const base = baseUrl.href.endsWith('/') ? baseUrl.href : `${baseUrl.href}/`;
  const url = new URL('v1/snapshot', base);
  let last: { etag: string; version: number } | undefined;
  return {
    name: `switch-controller ${base}`,
    poll: async ({ inForce, waitMs, signal }) => {
      // Only what is in force may be confirmed: not what was refused.
      const known = inForce.phase === 'fresh' && last?.version === inForce.version ? last.etag : undefined;
      const answer = await getSmall(
        url,
        {
          Accept: 'application/json',
          ...identity(app, inForce),
          ...(known === undefined ? {} : { 'If-None-Match': known }),
          ...(waitMs < 1000 ? {} : { Prefer: `wait=${Math.floor(waitMs / 1000)}` }),
        },
        signal,
      );
      const ageSeconds = confirmedAgeSeconds(answer);
      if (answer.status === 304 && known !== undefined) return { answer: 'unchanged', ageSeconds };
      const parsed = parseAnswer(answer, url);
      const { etag } = answer.headers;
      last = etag !== undefined && ETAG.test(etag) ? { etag, version: parsed.snapshot.version } : undefined;
      return { answer: parsed, ageSeconds };
    },
  };
}

/** Who polls, and what it has in force: the acknowledgement. */
function identity(app: AppName, { version, ageSeconds, phase }: PollReport): Record<string, string> {
  return {
    'X-Quay-Process-Name': app,
    'X-Quay-Process-Host': hostname(),
    'X-Quay-Process-Id': String(process.pid),
    'X-Quay-Snapshot-Version': String(version),
    'X-Quay-Snapshot-Age': ageSeconds.toFixed(3),
    'X-Quay-Snapshot-State': phase,
  };
}

/** 0 if the controller does not say, or says nonsense: it has answered, after all. */
function confirmedAgeSeconds({ headers }: SmallAnswer): number {
  const age = headers[CONFIRMED_AGE];
  return typeof age === 'string' && AGE.test(age) ? Number(age) : 0;
}

function parseAnswer(answer: SmallAnswer, url: URL): ParsedSnapshot {
  if (answer.status !== 200) throw controllerError(answer, url);
  let content: unknown;
  try {
    content = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(answer.body));
  } catch {
    throw new CodedError('SNAPSHOT_INVALID', `${url.href} answers something else than JSON`);
  }
  return parseSnapshot(content);
}
