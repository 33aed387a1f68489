/**
 * Every coded error of the project: code -> what it means and what the operator can do about it.
 * `docs/errors.md` is generated from this table.
 */
export const ERROR_CODES = {
  CONFIG_INVALID: 'The configuration has faults; every one is listed with its key and the file or variable it came from. Correct them and start again.',
  CONFIG_UNREADABLE: 'The configuration file is missing, unreadable or not YAML. The message names the file and the cause.',
} as const satisfies Record<string, string>;

/** A code of {@link ERROR_CODES}. */
export type ErrorCode = keyof typeof ERROR_CODES;
