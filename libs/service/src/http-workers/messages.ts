import type { RuntimeSamples, SeriesChanges } from '@quay-observability/metrics';
import type { HealthReport } from '@quay-observability/health';

/** What a worker tells the primary process. Everything is in order: an answer comes after what it promises. */
export type FromWorker =
  | { readonly kind: 'series'; readonly changes: SeriesChanges }
  | { readonly kind: 'runtime'; readonly samples: readonly RuntimeSamples[] }
  /** Nothing new: a worker that tells nothing for long hangs. */
  | { readonly kind: 'alive' }
  | { readonly kind: 'serving'; readonly publicUrl: string | undefined }
  | { readonly kind: 'stopping' }
  | { readonly kind: 'gathered'; readonly question: number }
  | { readonly kind: 'report'; readonly question: number; readonly report: HealthReport };

/** What the primary process asks of a worker. */
export type ToWorker =
  | { readonly kind: 'gather'; readonly question: number }
  | { readonly kind: 'report'; readonly question: number }
  | { readonly kind: 'stop' };

/** The channel has others on it too (`node --watch`, say). */
const FIELD = 'quayHttpWorker';

/** A message as it goes over the channel. */
export function wrap(message: FromWorker | ToWorker): Record<typeof FIELD, FromWorker | ToWorker> {
  return { [FIELD]: message };
}

/** Reads what came over the channel; undefined if it is not ours. The two ends are one program. */
export function unwrap<Message extends FromWorker | ToWorker>(received: unknown): Message | undefined {
  if (typeof received !== 'object' || received === null || !(FIELD in received)) return undefined;
  return received[FIELD] as Message;
}
