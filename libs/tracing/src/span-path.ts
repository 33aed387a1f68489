const DEBUG_PATH = /^(?:https?:\/\/[^/]*)?\/*health\/+enabledebug\/+[^/]/i;
const WITHOUT_SECRET = '/health/enabledebug/[FILTERED]';

/**
 * The path of a request target for a span: without its query, which may hold tokens and signatures, and without
 * the secret that `/health/enabledebug/<secret>` ends in (contract section 10).
 */
export function spanPath(target: string): string {
  const query = target.indexOf('?');
  const path = query === -1 ? target : target.slice(0, query);
  return DEBUG_PATH.test(path.includes('%') ? decodeAscii(path) : path) ? WITHOUT_SECRET : path;
}

function decodeAscii(path: string): string {
  return path.replace(/%([0-7][0-9A-Fa-f])/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
