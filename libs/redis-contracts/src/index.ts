export { BATCH_INDEX, batchKey } from './flush/batch-keys.ts';
export { checkPulls } from './flush/check-pulls.ts';
export type { CheckedEvent, CountedPulls, PullFault } from './flush/check-pulls.ts';
export { claimPullsCall, readClaim } from './flush/claim-pulls.ts';
export type { Claim, ClaimOptions } from './flush/claim-pulls.ts';
export { UNREADABLE } from './flush/claimed-event.ts';
export type { ClaimedEvent, PullEventFields } from './flush/claimed-event.ts';
export { handBackBatchCall } from './flush/hand-back.ts';
export {
  listBatchesCall,
  readBatches,
  readTakenOver,
  removeBatchCall,
  sealBatchCall,
  setAsideCall,
  takeOverBatchCall,
} from './flush/keep-batch.ts';
export type { FoundBatch } from './flush/keep-batch.ts';
export { parsePullEvent } from './parse-pull-event.ts';
export type { PullEvent } from './parse-pull-event.ts';
export { PULL_EVENT_PREFIX, pullEventKey } from './pull-event-keys.ts';
export type { PulledManifest } from './pull-event-keys.ts';
export { redisScript } from './redis-script.ts';
export type { RedisScript } from './redis-script.ts';
export { BAD_TIMESTAMP, MISSING_FIELDS, trackPullCall } from './track-pull.ts';
export type { ScriptCall } from './track-pull.ts';
