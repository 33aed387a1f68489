import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findProgram } from '@quay-observability/testkit';

const run = promisify(execFile);
const SOURCES = join(import.meta.dirname, '../../go');
const BINARIES = join(import.meta.dirname, '../../../.cache/bench');

/**
 * Builds a program of `bench/go` with this machine's Go and gives its path. Undefined, with the reason
 * told to `onAbsent`, if there is no Go or its modules cannot be had: the others are measured without it.
 */
export async function buildGoProgram(
  name: string,
  onAbsent: (reason: string) => void,
): Promise<string | undefined> {
  const go = findProgram('go');
  if (go === undefined) {
    onAbsent('Go is not installed: its contestant is left out.');
    return undefined;
  }
  mkdirSync(BINARIES, { recursive: true });
  const binary = join(BINARIES, name);
  try {
    await run(go, ['build', '-o', binary, `./${name}`], { cwd: SOURCES, timeout: 5 * 60_000 });
    return binary;
  } catch (error) {
    onAbsent(`The Go contestant could not be built and is left out: ${(error as Error).message}`);
    return undefined;
  }
}
