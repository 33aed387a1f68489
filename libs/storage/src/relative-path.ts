import { CodedError } from '@quay-observability/coded-errors';

const MAX_LENGTH = 1024;

/**
 * The path as it is, if it stays below the root of a location whatever the location is: segments that are
 * not empty, `.` or `..`, without a backslash or control character, at most 1024 characters.
 *
 * @throws CodedError `STORAGE_PATH_INVALID`
 */
export function relativePath(path: string): string {
  const problem = problemOf(path);
  if (problem === undefined) return path;
  throw new CodedError('STORAGE_PATH_INVALID', `Not a path of the storage: it ${problem}`);
}

function problemOf(path: string): string | undefined {
  if (path === '') return 'is empty';
  if (path.length > MAX_LENGTH) return `is longer than ${MAX_LENGTH} characters`;
  if (path.split('/').some((segment) => ['', '.', '..'].includes(segment)))
    return 'has a segment that is empty, . or ..';
  return /[\\\p{Cc}]/u.test(path) ? 'has a backslash or control character' : undefined;
}
