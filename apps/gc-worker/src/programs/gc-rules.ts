import type { QuayConfig } from '@quay-observability/quay-config';
import type { GcRules } from '../steps/gc-context.ts';

/** What the configuration says about immutable tags and totals of the quota (contract section 8). */
export function gcRules({ garbageCollection, quota }: QuayConfig): GcRules {
  return {
    keepImmutableTags: garbageCollection.immutableTags && !garbageCollection.immutableTagsCanExpire,
    quota: quota.enabled ? 'subtract' : quota.invalidateTotals ? 'invalidate' : 'leave',
  };
}
