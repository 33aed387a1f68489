/** The two switches of logging, from the environment. */
export type LogSettings = { json: boolean; debug: boolean };

/**
 * Reads `JSONLOG` and `DEBUGLOG` (contract section 11), in any case. A variable that is set means what
 * it means to Quay's Python: JSON for `true`, text for anything else. Unset or empty, this runtime
 * writes JSON where Python writes text.
 */
export function parseLogSettings(env: Readonly<Record<string, string | undefined>>): LogSettings {
  const jsonLog = env.JSONLOG ?? '';
  return {
    json: jsonLog === '' || jsonLog.toLowerCase() === 'true',
    debug: (env.DEBUGLOG ?? '').toLowerCase() === 'true',
  };
}
