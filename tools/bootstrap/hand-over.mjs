import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, join } from 'node:path';
import { WORKSPACE } from './npm-packages.mjs';

/**
 * Runs Node 24 with these arguments, in the workspace, and gives its exit code. Signals are passed on;
 * the child decides when to end.
 */
export function handOver(args) {
  const bin = join(WORKSPACE, 'node_modules/.bin');
  const node = join(bin, 'node');
  if (!existsSync(node)) {
    throw new Error(
      'npm installed no Node 24 (the package "node"): remove node_modules, allow install scripts, and try again.',
    );
  }
  const child = spawn(node, args, {
    cwd: WORKSPACE,
    stdio: 'inherit',
    env: {
      ...process.env,
      PATH: `${bin}${delimiter}${process.env.PATH ?? ''}`,
      // Where the user was, for arguments that are paths.
      QUAY_OBSERVABILITY_CWD: process.env.INIT_CWD ?? process.cwd(),
    },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  });
}
