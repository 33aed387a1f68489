export { parsePullEvent } from './parse-pull-event.ts';
export type { PullEvent } from './parse-pull-event.ts';
export { PULL_EVENT_PREFIX, pullEventKey } from './pull-event-keys.ts';
export type { PulledManifest } from './pull-event-keys.ts';
export { redisScript } from './redis-script.ts';
export type { RedisScript } from './redis-script.ts';
export { BAD_TIMESTAMP, MISSING_FIELDS, trackPullCall } from './track-pull.ts';
export type { ScriptCall } from './track-pull.ts';
