import { tracing } from './instrument.ts';

// Loaded only now, so that what they load is instrumented.
const { runService } = await import('@quay-observability/service');
const { switchController } = await import('./compose.ts');

await runService(switchController(process), process, tracing);
