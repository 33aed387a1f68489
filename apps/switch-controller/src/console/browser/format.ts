import type { CanaryJson } from './api-types.ts';

const OWNER_NAMES: Readonly<Record<string, string>> = { python: 'Python', go: 'Go', off: 'Off' };

/** `Python`, `Go`, `Off`; anything else as it is. */
export function ownerName(owner: string): string {
  return Object.hasOwn(OWNER_NAMES, owner) ? (OWNER_NAMES[owner] ?? owner) : owner;
}

/** A duration in seconds in at most three digits and a unit: `0.04 s`, `4.2 s`, `12 s`, `5 min`, `3 h`, `2 d`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 0.995) return `${Math.max(0, seconds).toFixed(2)} s`;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 99.5) return `${Math.round(seconds)} s`;
  if (seconds < 99.5 * 60) return `${Math.round(seconds / 60)} min`;
  if (seconds < 48 * 3600) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}

/** How long ago a time (ISO 8601) is, in whole seconds at the finest. */
export function formatAgo(time: string, nowMs: number): string {
  const seconds = (nowMs - Date.parse(time)) / 1000;
  if (Number.isNaN(seconds)) return 'at an unknown time';
  if (seconds < 1) return 'just now';
  return seconds < 9.95 ? `${Math.floor(seconds)} s ago` : `${formatSeconds(seconds)} ago`;
}

/** A time in UTC, as logs have it. */
export function formatTime(time: string): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? time : `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** Events per second with about three digits. */
export function formatRate(perSecond: number): string {
  if (perSecond >= 99.95) return String(Math.round(perSecond));
  return perSecond.toFixed(perSecond >= 9.995 ? 1 : 2);
}

/** `1 process`, `3 processes`. */
export function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}

/** Whom a canary takes in, in words; undefined if everybody. */
export function describeCanary(canary: CanaryJson | null | undefined): string | undefined {
  if (canary === null || canary === undefined) return undefined;
  const { percent, orgs, repos, users } = canary;
  const parts = [
    ...(percent === null || percent === undefined ? [] : [`${percent} % of repositories`]),
    ...(orgs.length === 0 ? [] : [few(orgs, 'organization', 'organizations')]),
    ...(repos.length === 0 ? [] : [few(repos, 'repository', 'repositories')]),
    ...(users.length === 0 ? [] : [few(users, 'user', 'users')]),
  ];
  return parts.length === 0 ? undefined : parts.join(', ');
}

const LONGEST_NAME = 40;

function few(names: readonly string[], one: string, many: string): string {
  const [only] = names;
  if (names.length > 1 || only === undefined) return `${names.length} ${many}`;
  return `${one} ${only.length > LONGEST_NAME ? `${only.slice(0, LONGEST_NAME)}…` : only}`;
}
