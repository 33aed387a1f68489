import type { TailSegment } from './compile-rule.ts';
import type { RestRule } from './route-tree.ts';
import { isDigest, isTag } from './segment-checks.ts';

/**
 * The values of a rule's placeholders for the part of `path` between `from` and `end`; undefined if it does not
 * match. Reads from the right end, where the segments are known; what remains is the first placeholder.
 */
export function matchRest(
  { head, tail }: Pick<RestRule, 'head' | 'tail'>,
  path: string,
  from: number,
  end: number,
): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  let until = end;
  for (let position = tail.length - 1; position >= 0; position -= 1) {
    const slash = path.lastIndexOf('/', until - 1);
    if (slash < from) return undefined;
    const segment = tail[position];
    if (segment === undefined || !matchSegment(segment, path.slice(slash + 1, until), params))
      return undefined;
    until = slash;
  }
  const value = path.slice(from, until);
  if (!matchHead(head.converter, value)) return undefined;
  params[head.name] = value;
  return params;
}

function matchSegment(segment: TailSegment, value: string, params: Record<string, string>): boolean {
  if ('literal' in segment) return segment.literal === value;
  params[segment.name] = value;
  if (segment.converter === 'digest') return isDigest(value);
  if (segment.converter === 'tag') return isTag(value);
  return value !== '';
}

function matchHead(converter: string, value: string): boolean {
  if (value === '') return false;
  if (converter === 'repopath') return true;
  if (converter === 'apirepopath') return value.includes('/');
  // Otherwise `/tags/<tag>` without its tag would create a repository.
  if (converter === 'v1createrepopath') return !/(?:auth|tags|images)$/.test(value);
  throw new Error(`cannot match the converter ${converter}`);
}
