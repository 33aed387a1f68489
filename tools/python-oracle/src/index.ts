export { checkRegistration } from './check-registration.ts';
export type { Difference } from './compare-runtimes.ts';
export { parseExposition } from './parse-exposition.ts';
export type { ExposedMetric } from './parse-exposition.ts';
export { startLiveProcess } from './live-process.ts';
export type { LiveProcess } from './live-process.ts';
export type { Step } from './workload.ts';
