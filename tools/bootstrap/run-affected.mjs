/**
 * `npm run affected [-- nx options]`: lints, type-checks, tests and builds what differs from the base:
 * NX_BASE if set, else where this branch left the main one, else the commit before.
 */
import { execFileSync } from 'node:child_process';
import { nx } from './nx.mjs';
import { WORKSPACE } from './npm-packages.mjs';

const args = process.argv.slice(2);
const chosen = args.some((argument) => argument.startsWith('--base'));
const base = chosen ? [] : [`--base=${process.env.NX_BASE ?? defaultBase()}`];
const { code } = await nx(['affected', '-t', 'lint,typecheck,test,build', ...base, ...args]);
process.exitCode = code;

function defaultBase() {
  const head = git('rev-parse', 'HEAD');
  for (const main of ['origin/main', 'main']) {
    const base = git('merge-base', 'HEAD', main);
    // On the main branch itself the base would be the head: nothing would be affected.
    if (base !== undefined && base !== head) return base;
  }
  return git('rev-parse', 'HEAD~1') ?? head ?? 'HEAD';
}

function git(...command) {
  try {
    return execFileSync('git', command, {
      cwd: WORKSPACE,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return undefined;
  }
}
