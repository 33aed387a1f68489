export { defineApp } from './app-definition.ts';
export type { AppContext, AppDefinition, AppSettings, ComposedApp, RedisRole } from './app-definition.ts';
export type { HttpObserver } from './http-observer.ts';
export { idleApp } from './idle-app.ts';
export type { ProcessTracing } from './instrument.ts';
export type { ReadinessCheck } from './readiness.ts';
export { runService } from './run-service.ts';
export type { HostProcess } from './run-service.ts';
export { serviceSettings } from './service-settings.ts';
