import { readFileSync } from 'node:fs';
import { ConfigError } from '@quay-observability/quay-config';
import { parseAdminTokens, type AdminToken } from './auth/admin-tokens.ts';
import type { ControllerSettings } from './config.ts';

const VARIABLE = 'SWITCH_ADMIN_TOKENS';
const FILE_VARIABLE = 'SWITCH_ADMIN_TOKENS_FILE';

/**
 * The tokens of the environment, or of the file that it names.
 *
 * @throws ConfigError (`CONFIG_INVALID`), which never repeats what was read.
 */
export function readAdminTokens({
  adminTokens,
  adminTokensFile,
}: Pick<ControllerSettings, 'adminTokens' | 'adminTokensFile'>): readonly AdminToken[] {
  if (adminTokensFile === undefined) return adminTokens;
  if (adminTokens.length > 0) throw fault(`is set beside ${VARIABLE}; only one of them may be`);
  let text: string;
  try {
    text = readFileSync(adminTokensFile, 'utf8');
  } catch (error) {
    throw fault(
      `names ${adminTokensFile}, which cannot be read: ${(error as NodeJS.ErrnoException).code ?? ''}`,
    );
  }
  const reading = parseAdminTokens(text);
  if ('problem' in reading) throw fault(`${adminTokensFile}: ${reading.problem}`);
  return reading.value;
}

function fault(problem: string): ConfigError {
  return new ConfigError([{ key: FILE_VARIABLE, source: `environment variable ${FILE_VARIABLE}`, problem }]);
}
