import {
  booleanSetting,
  portSetting,
  stringSetting,
  type Setting,
  type SettingsOf,
} from '@quay-observability/quay-config';

const PREFIX = /^[A-Za-z0-9_.{}-]{1,64}$/;

/** Settings of an app with scheduled jobs, by environment variable. `dashboardPort` is the app's own default. */
export function jobSettings(dashboardPort: number) {
  return {
    jobsRedisPrefix: prefixSetting('JOBS_REDIS_PREFIX', {
      help: 'First part of every key of the jobs in Redis; the braces keep them together in a cluster. The same for all replicas.',
      default: '{quay-observability}',
    }),
    jobsDashboard: booleanSetting('JOBS_DASHBOARD', {
      help: 'Serve a read-only page about the jobs, on a listener of its own and for holders of a token.',
      default: false,
    }),
    jobsDashboardHost: stringSetting('JOBS_DASHBOARD_HOST', {
      help: 'Address of that listener.',
      default: '127.0.0.1',
    }),
    jobsDashboardPort: portSetting('JOBS_DASHBOARD_PORT', {
      help: 'Port of that listener; 0 picks a free one.',
      default: dashboardPort,
    }),
    jobsDashboardTokensFile: stringSetting('JOBS_DASHBOARD_TOKENS_FILE', {
      help: 'File with the tokens that open the page, a line each, of 16 characters or more, at most 10; read at the start. Needed with `JOBS_DASHBOARD`.',
      default: undefined,
    }),
  };
}

export type JobSettings = SettingsOf<ReturnType<typeof jobSettings>>;

function prefixSetting(name: string, options: { help: string; default: string }): Setting<string> {
  const problem = 'expected 1 to 64 letters, digits or _ . - { }';
  return {
    ...stringSetting(name, options),
    read: (text) => (PREFIX.test(text) ? { value: text } : { problem }),
  };
}
