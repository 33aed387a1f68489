/** Who serves a route (contract section 13). `go` is the plan's wire name of the new runtime. */
export const ROUTE_OWNERS = ['python', 'go'] as const;
export type RouteOwner = (typeof ROUTE_OWNERS)[number];

/** Who does the work of a worker; `off` is nobody. */
export const WORKER_OWNERS = ['python', 'go', 'off'] as const;
export type WorkerOwner = (typeof WORKER_OWNERS)[number];
