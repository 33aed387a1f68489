import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { aptInstall, withoutServiceStarts } from './apt-install.mjs';
import { Interrupted } from './interruption.mjs';
import { say } from './run-command.mjs';

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
    package: 'chromium',
    program: 'chromium',
    for: ['test'],
    why: 'opens the console of the owner switches',
  },
  {
    package: 'curl',
    program: 'curl',
    for: ['test'],
    why: 'fetches the map of owners for nginx, as deploy/nginx does',
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
 * Installs what is missing for `start` or `test`, where it may: on Debian as root. Elsewhere, and if that
 * fails, it says what to install and goes on: `npm start` leaves out what is not there, a test that needs
 * it fails and says so.
 */
export async function ensureSystemPrograms(purpose) {
  const missing = PROGRAMS.filter((entry) => entry.for.includes(purpose) && !isPresent(entry));
  if (missing.length === 0) return;
  const debian = existsSync('/etc/debian_version') && findProgram('apt-get') !== undefined;
  const root = process.getuid?.() === 0;
  const surroundings = { debian, root };
  if (!debian || !root) return say(`Missing, and left out:\n${whatToInstall(missing, surroundings)}`);
  say(`Installing from Debian, without starting any of them as a service:\n${listOf(missing)}`);
  const started = Date.now();
  try {
    await withoutServiceStarts(() => aptInstall(missing.map((entry) => entry.package)));
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    say(error.message);
  }
  const absent = missing.filter((entry) => !isPresent(entry));
  if (absent.length === 0) say(`Installed in ${Math.round((Date.now() - started) / 1000)} s.`);
  else say(`Could not be installed, and left out:\n${whatToInstall(absent, surroundings)}`);
}

/** The programs that are missing, and the command that installs them. */
export function whatToInstall(missing, { debian, root }) {
  const names = missing.map((entry) => entry.package).join(' ');
  const sudo = root ? '' : 'sudo ';
  const command = debian
    ? `${sudo}apt-get update; ${sudo}apt-get install --no-install-recommends ${names}`
    : 'the package manager of this system';
  return `${listOf(missing)}\nInstall them with: ${command}`;
}

function listOf(entries) {
  return entries.map((entry) => `  ${entry.package.padEnd(24)} ${entry.why}`).join('\n');
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
