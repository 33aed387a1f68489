/** Upper bounds of Python's default histogram buckets, without +Inf (contract section 1). */
export const SECONDS_BUCKETS = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
] as const;

/** Upper bounds in seconds of `quay_secscan_result_duration_seconds`, without +Inf (contract section 1). */
export const SECSCAN_RESULT_BUCKETS = [60, 300, 600, 900, 1200, 1500, 1800, 2100, 2400] as const;

/** Upper bounds in seconds of `quay_worker_operation_duration_seconds`, without +Inf. */
export const WORKER_BUCKETS = [60, 300, 600, 1800, 3600, 7200, 14400, 28800, 43200, 57600, 86400] as const;

/** Upper bounds in seconds of fast in-process operations (cache look-ups, waits for a pooled connection), without +Inf. */
export const FAST_SECONDS_BUCKETS = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5] as const;
