import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runQuietly, say } from './run-command.mjs';

export const WORKSPACE = join(import.meta.dirname, '../..');

/** Runs `npm ci` if what is installed is not what the lock file says. */
export async function ensurePackages() {
  const reason = whyInstall(readJson('package-lock.json'), readJson('node_modules/.package-lock.json'));
  if (reason === undefined) return;
  say(`Installing packages with npm ci (${reason}); this takes about a minute ...`);
  const started = Date.now();
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
  // Under `npm test` this is the very npm that runs it; it need not be on the PATH.
  const npm = process.env.npm_execpath;
  if (npm?.endsWith('.js')) await runQuietly(process.execPath, [npm, ...args], { cwd: WORKSPACE });
  else await runQuietly('npm', args, { cwd: WORKSPACE });
  say(`Packages installed in ${Math.round((Date.now() - started) / 1000)} s.`);
}

/**
 * Compares the lock file with npm's record of what it installed. Times are no help: a checkout gives
 * files the time of the checkout.
 */
export function whyInstall(lock, installed) {
  if (lock === undefined) return 'there is no package-lock.json';
  if (installed === undefined) return 'nothing is installed yet';
  for (const [place, locked] of Object.entries(lock.packages)) {
    if (!place.startsWith('node_modules/') && !place.includes('/node_modules/')) continue;
    const present = installed.packages[place];
    if (present === undefined) {
      // Packages for other platforms are locked but not installed.
      if (locked.optional || locked.devOptional || locked.os || locked.cpu) continue;
      return `${place} is missing`;
    }
    if (present.version !== locked.version)
      return `${place} is ${present.version}, the lock file wants ${locked.version}`;
  }
  return undefined;
}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(join(WORKSPACE, file), 'utf8'));
  } catch {
    return undefined;
  }
}
