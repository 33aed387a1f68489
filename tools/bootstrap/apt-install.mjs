import { rmSync, writeFileSync } from 'node:fs';
import { Interrupted } from './interruption.mjs';
import { runQuietly, say } from './run-command.mjs';

const OPTIONS = ['-q', '-y', '-o', 'DPkg::Lock::Timeout=300', '-o', 'Dpkg::Use-Pty=0'];

/**
 * Installs what it can of these Debian packages: all at once, else after asking Debian what there is,
 * else one by one, since one that is not available would keep back all others. What fails is said and
 * never thrown.
 */
export async function aptInstall(names, environment = process.env) {
  const env = { ...environment, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const aptGet = (...args) => runQuietly('apt-get', [...OPTIONS, ...args], { env });
  const install = (...wanted) => aptGet('install', '--no-install-recommends', ...wanted);
  // A machine that has never asked Debian what there is, or long ago, fails here: nothing to report.
  if (await succeeds(() => install(...names))) return;
  await succeeds(() => aptGet('update'), say);
  if (await succeeds(() => install(...names), names.length === 1 ? say : undefined)) return;
  if (names.length === 1) return;
  say('Not all at once, so one by one ...');
  for (const name of names) await succeeds(() => install(name), say);
}

/** Debian starts servers as it installs them, unless a policy forbids it; exit code 101 is "forbidden". */
export async function withoutServiceStarts(work, policy = '/usr/sbin/policy-rc.d') {
  const remove = writePolicy(policy);
  // However this process ends: left behind, it would keep the machine from ever starting a service.
  process.once('exit', remove);
  try {
    return await work();
  } finally {
    remove();
    process.off('exit', remove);
  }
}

/** Writes the policy, unless the machine has one of its own, and gives what takes it away again. */
function writePolicy(policy) {
  try {
    writeFileSync(policy, '#!/bin/sh\nexit 101\n', { flag: 'wx', mode: 0o755 });
  } catch (error) {
    if (error.code === 'EEXIST') return () => undefined;
    throw error;
  }
  return () => rmSync(policy, { force: true });
}

async function succeeds(work, report = () => undefined) {
  try {
    await work();
    return true;
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    report(error.message);
    return false;
  }
}
