const PASSED_ON = /^(PATH|HOME|TMPDIR|TZ|LANG|LC_.*|NODE_.*|JSONLOG|DEBUGLOG|METRICS_.*)$/;

/**
 * The part of an environment that the apps of the stack may see. Every key of Quay's configuration can be
 * an environment variable, and the drivers have theirs: a DB_URI, PULL_METRICS_REDIS, PGHOST or OTEL_... that
 * the user has exported would point the stack at a real system.
 */
export function harmlessEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => PASSED_ON.test(name)));
}
