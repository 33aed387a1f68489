import { execFileSync } from 'node:child_process';
import { accessSync, chmodSync, constants, existsSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runQuietly, say } from './run-command.mjs';

/** What does not come through npm: Debian's package, the program that shows it is there, what it is for. */
export const PROGRAMS = [
  {
    package: 'redis-server',
    program: 'redis-server',
    for: ['start', 'test'],
    why: 'Redis: pull events, locks',
  },
  {
    package: 'prometheus',
    program: 'prometheus',
    for: ['start', 'test'],
    why: 'Prometheus and promtool: scrapes and checks our metrics',
  },
  {
    package: 'prometheus-pushgateway',
    program: 'prometheus-pushgateway',
    for: ['start', 'test'],
    why: "takes the Python runtime's metrics",
  },
  {
    package: 'docker-registry',
    program: 'docker-registry',
    for: ['start', 'test'],
    why: 'the OCI registry behind registry-metrics',
  },
  { package: 'skopeo', program: 'skopeo', for: ['start', 'test'], why: 'pushes and pulls images' },
  {
    package: 'prometheus-alertmanager',
    program: 'prometheus-alertmanager',
    for: ['test'],
    why: 'Alertmanager: alerts in tests',
  },
  {
    package: 'nginx-light',
    program: 'nginx',
    for: ['test'],
    why: 'nginx in front of the apps, and as a yardstick',
  },
  {
    package: 'python3-venv',
    program: 'python3',
    for: ['test'],
    why: "runs the Python runtime's own libraries",
    present: pythonMakesVenvs,
  },
];

/**
 * Installs what is missing for `start` or `test`, where it may: on Debian as root. Elsewhere it says
 * what to install and goes on: `npm start` leaves out what is not there, a test that needs it fails
 * and says so.
 */
export async function ensureSystemPrograms(purpose) {
  const missing = PROGRAMS.filter((entry) => entry.for.includes(purpose) && !isPresent(entry));
  if (missing.length === 0) return;
  const names = missing.map((entry) => entry.package);
  const debian = existsSync('/etc/debian_version') && findProgram('apt-get') !== undefined;
  const list = missing.map((entry) => `  ${entry.package.padEnd(24)} ${entry.why}`).join('\n');
  if (!debian || process.getuid?.() !== 0) {
    const command = debian ? `sudo apt-get install ${names.join(' ')}` : 'the package manager of this system';
    say(`Missing, and left out:\n${list}\nInstall them with: ${command}`);
    return;
  }
  say(`Installing from Debian, without starting any of them as a service:\n${list}`);
  const started = Date.now();
  await withoutServiceStarts(() => aptInstall(names));
  say(`Installed in ${Math.round((Date.now() - started) / 1000)} s.`);
}

async function aptInstall(names) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const options = ['-q', '-y', '-o', 'DPkg::Lock::Timeout=300', '-o', 'Dpkg::Use-Pty=0'];
  const install = () =>
    runQuietly('apt-get', [...options, 'install', '--no-install-recommends', ...names], { env });
  try {
    await install();
  } catch {
    // A machine that has never asked Debian what there is, or long ago.
    await runQuietly('apt-get', [...options, 'update'], { env });
    await install().catch((error) => {
      say(`${error.message}\nGoing on without what could not be installed.`);
    });
  }
}

/** Debian starts servers as it installs them, unless a policy forbids it; exit code 101 is "forbidden". */
async function withoutServiceStarts(work) {
  const policy = '/usr/sbin/policy-rc.d';
  const ours = !existsSync(policy);
  if (ours) {
    writeFileSync(policy, '#!/bin/sh\nexit 101\n');
    chmodSync(policy, 0o755);
  }
  try {
    await work();
  } finally {
    if (ours) rmSync(policy, { force: true });
  }
}

function isPresent(entry) {
  return findProgram(entry.program) !== undefined && (entry.present?.() ?? true);
}

function pythonMakesVenvs() {
  try {
    execFileSync('python3', ['-c', 'import venv, ensurepip'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function findProgram(name) {
  const folders = [
    ...(process.env.PATH ?? '').split(delimiter),
    '/usr/local/bin',
    '/usr/bin',
    '/usr/sbin',
    '/sbin',
  ];
  return folders
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}
