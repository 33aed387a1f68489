import { readFileSync } from 'node:fs';
import { ConfigError } from '@quay-observability/quay-config';
import type { JobSettings } from '../job-settings.ts';

const VARIABLE = 'JOBS_DASHBOARD_TOKENS_FILE';
const TOKEN = /^[A-Za-z0-9._~+/=-]{16,512}$/;
const MAX_TOKENS = 100;

/**
 * The tokens that open the dashboard, at least one.
 *
 * @throws ConfigError (`CONFIG_INVALID`), which never repeats what was read.
 */
export function readDashboardTokens({
  jobsDashboardTokensFile: file,
}: Pick<JobSettings, 'jobsDashboardTokensFile'>): readonly string[] {
  if (file === undefined)
    throw fault('is needed with JOBS_DASHBOARD: nobody may see the jobs without a token');
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw fault(`names ${file}, which cannot be read: ${(error as NodeJS.ErrnoException).code ?? ''}`);
  }
  const tokens = text.split('\n').map((line) => line.trim());
  const given = tokens.filter((token) => token !== '');
  if (given.length === 0) throw fault(`names ${file}, which holds no token`);
  if (given.length > MAX_TOKENS) throw fault(`names ${file}, which holds more than ${MAX_TOKENS} tokens`);
  const wrong = tokens.findIndex((token) => token !== '' && !TOKEN.test(token));
  if (wrong !== -1)
    throw fault(`line ${wrong + 1} of ${file} is no token: 16 to 512 letters, digits or . _ ~ + / = -`);
  return given;
}

function fault(problem: string): ConfigError {
  return new ConfigError([{ key: VARIABLE, source: `environment variable ${VARIABLE}`, problem }]);
}
