export { bearerTokensSetting, createBearerJudge, readBearerTokens } from './bearer-tokens.ts';
export type { BearerVerdict } from './bearer-tokens.ts';
export { defineApp } from './app-definition.ts';
export type { AppContext, AppDefinition, AppSettings, ComposedApp, RedisRole } from './app-definition.ts';
export { observeQuayServices } from './health-observer.ts';
export type { HttpListener } from './http-listener.ts';
export type { HttpObserver } from './http-observer.ts';
export { HttpProblem } from './http-problem.ts';
export { httpWorkersSetting } from './http-workers/http-workers-setting.ts';
export type { ProcessTracing } from './instrument.ts';
export { jsonBody, jsonBodyUpTo } from './json-body.ts';
export { allowOnly, createPublicServer } from './public-server.ts';
export type { PublicServerOptions } from './public-server.ts';
export { withProtectedListener } from './protected-listener.ts';
export type { ProtectedListenerOptions } from './protected-listener.ts';
export { ownedWorkers } from './owned-workers/owned-workers.ts';
export type { OwnedProgram, OwnedWorkersOptions } from './owned-workers/owned-workers.ts';
export { runEvery } from './owned-workers/run-every.ts';
export type { Repetition } from './owned-workers/run-every.ts';
export type { OwnedWork, WorkLimits } from './owned-workers/work-runner.ts';
export { boundPoll } from './owner-switches/bound-poll.ts';
export type { BoundPoll } from './owner-switches/bound-poll.ts';
export { createFileSource } from './owner-switches/file-source.ts';
export { createLastKnownGood } from './owner-switches/last-known-good.ts';
export type { LastKnownGood } from './owner-switches/last-known-good.ts';
export { createProblemLog } from './owner-switches/log-problems.ts';
export type {
  AgedAnswer,
  AnySwitchSource,
  OwnerSwitches,
  PollAnswer,
  PollReport,
  PollRequest,
  SwitchPhase,
  SwitchSource,
  SwitchState,
} from './owner-switches/owner-switches.ts';
export { readSwitchSettings, switchSettings } from './owner-switches/switch-settings.ts';
export type { HealthCheck, HealthCheck as ReadinessCheck } from '@quay-observability/health';
export { requireBearer } from './require-bearer.ts';
export type { BearerOptions } from './require-bearer.ts';
export { Router } from './router.ts';
export type { ErrorRequestHandler, Request, RequestHandler, Response } from './router.ts';
export { runService } from './run-service.ts';
export type { HostProcess } from './run-service.ts';
export { serviceSettings } from './service-settings.ts';
