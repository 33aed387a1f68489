import type { RouteOwner } from '@quay-observability/owner-switch';

/** One line of the map. */
export type MapLine = {
  /** Regular expression of the methods; alternatives need no brackets. */
  readonly methods: string;
  /** Regular expression of the whole path, ready for nginx's double quotes. */
  readonly path: string;
  readonly owner: RouteOwner;
};

/**
 * `    "~(?s)^GET:/v2/\\z" go;`: a line feed, which a path may hold once decoded, is a character like any other, and
 * `$` would overlook one at the end.
 */
export function renderLine({ methods, path, owner }: MapLine): string {
  const any = methods.includes('|') ? `(?:${methods})` : methods;
  return `    "~(?s)^${any}:${path}\\\\z" ${owner};`;
}

/** Joins lines that differ in their methods only, and drops those at the end that say what the default says. */
export function condense(lines: readonly MapLine[]): MapLine[] {
  const joined: MapLine[] = [];
  for (const line of lines) {
    const last = joined.at(-1);
    if (last?.path === line.path && last.owner === line.owner)
      joined[joined.length - 1] = { ...last, methods: `${last.methods}|${line.methods}` };
    else joined.push(line);
  }
  return joined.slice(0, joined.findLastIndex(({ owner }) => owner !== 'python') + 1);
}
