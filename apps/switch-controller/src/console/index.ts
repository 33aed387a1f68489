export { createConsoleHandler } from './console-handler.ts';
export type { ConsoleHandler } from './console-handler.ts';
