import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CodedError } from '@quay-observability/coded-errors';
import { readConfigText, type ConfigReading } from './parse-quay-config.ts';
import type { QuayConfig } from './quay-config.ts';
import type { Environment } from './settings/read-settings.ts';

/**
 * Finds and reads Quay's configuration (contract section 15): the file that `QUAYCONF` names, or
 * `stack/config.yaml` or `config.yaml` in the folder it names, else `conf/stack/config.yaml` in the
 * working directory, else nothing but defaults. Nothing else in this library does I/O.
 *
 * @throws CodedError `CONFIG_UNREADABLE` if `QUAYCONF` leads to no file, or the file is no YAML.
 * @throws ConfigError (`CONFIG_INVALID`) with all faults at once.
 */
export function readQuayConfig(env: Environment, workingDirectory: string = process.cwd()): QuayConfig {
  return readConfig(env, workingDirectory).config;
}

/** Reads as {@link readQuayConfig} does, for those who follow the file afterwards. */
export function readConfig(env: Environment, workingDirectory: string = process.cwd()): ConfigReading {
  const file = findConfigFile(env, workingDirectory);
  return readConfigText(file === undefined ? '' : readText(file), { source: file, env });
}

/**
 * The file that {@link readQuayConfig} reads; undefined if there is none and none is named.
 *
 * @throws CodedError `CONFIG_UNREADABLE` if `QUAYCONF` leads to no file.
 */
export function findConfigFile(
  env: Environment,
  workingDirectory: string = process.cwd(),
): string | undefined {
  const named = env.QUAYCONF;
  if (named === undefined || named.trim() === '') {
    return [join(workingDirectory, 'conf/stack/config.yaml')].find(isFile);
  }
  const candidates = [named, join(named, 'stack/config.yaml'), join(named, 'config.yaml')];
  const found = candidates.find(isFile);
  if (found === undefined) {
    throw new CodedError(
      'CONFIG_UNREADABLE',
      `QUAYCONF names ${named}, but none of these is a file: ${candidates.join(', ')}`,
    );
  }
  return found;
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    throw new CodedError('CONFIG_UNREADABLE', `The configuration file ${file} cannot be read: ${cause}`, {
      cause: error,
    });
  }
}
