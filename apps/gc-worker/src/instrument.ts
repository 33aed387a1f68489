import { instrumentProcess } from '@quay-observability/service/instrument';

/** Tracing runs from here on; modules loaded before this cannot be instrumented. */
export const tracing = await instrumentProcess('gc-worker', process.env);
