import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const WORKSPACE = join(import.meta.dirname, '../../..');
const ORACLE = join(WORKSPACE, 'tools/python-oracle');
const CREATION_TIMEOUT_MS = 10 * 60_000;
// On Debian `venv` imports without the package python3-venv, and fails later for want of ensurepip.
const PROBE = 'import sys, venv, ensurepip; print(sys.version)';

/** Which pinned set of Python packages: Quay's own, the newest release of its metrics client, clients of registries, or servers. */
export type PythonEnvironmentName = 'quay' | 'newest' | 'clients' | 'services';

/** A virtual environment; `python` is the absolute path of its interpreter. */
export type PythonEnvironment = { python: string };

/**
 * The virtual environment with `tools/python-oracle/requirements/<name>.txt`, made at first use under
 * the git-ignored `.cache/python` and shared by every process that asks. Another requirement or
 * another Python makes another environment.
 *
 * Throws when Python is absent (naming the Debian packages) or the packages cannot be installed.
 */
export async function pythonEnvironment(
  name: PythonEnvironmentName,
  options: { pythonCommand?: string } = {},
): Promise<PythonEnvironment> {
  const systemPython = options.pythonCommand ?? 'python3';
  const requirements = join(ORACLE, 'requirements', `${name}.txt`);
  const version = await probe(systemPython);
  const hash = createHash('sha256')
    .update(version)
    .update(await readFile(requirements))
    .digest('hex')
    .slice(0, 12);
  const folder = join(WORKSPACE, '.cache/python', `${name}-${hash}`);
  if (!existsSync(join(folder, '.complete'))) {
    const creation = [join(ORACLE, 'create_environment.py'), folder, requirements];
    await run(systemPython, creation, { timeout: CREATION_TIMEOUT_MS }).catch((cause: unknown) => {
      throw new Error(`The Python packages of ${requirements} could not be installed: ${lastLines(cause)}`, {
        cause,
      });
    });
  }
  return { python: join(folder, 'bin/python') };
}

async function probe(systemPython: string): Promise<string> {
  try {
    return (await run(systemPython, ['-c', PROBE])).stdout;
  } catch (cause) {
    throw new Error(
      `The comparison with Python needs ${systemPython} with its venv module; on Debian: apt-get install python3 python3-venv. Cause: ${lastLines(cause)}`,
      { cause },
    );
  }
}

function lastLines(cause: unknown): string {
  const stderr = (cause as { stderr?: string }).stderr?.trim();
  const text = stderr !== undefined && stderr !== '' ? stderr : String(cause);
  return text.split('\n').slice(-5).join('\n');
}
