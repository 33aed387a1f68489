import { tracing } from './instrument.ts';

// Loaded only now, so that what they load is instrumented.
const { runService } = await import('@quay-observability/service');
const { registryMetrics } = await import('./compose.ts');

await runService(registryMetrics, process, tracing);
