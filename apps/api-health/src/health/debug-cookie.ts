/** Not the name of Quay's session: the browser sends both to the same host. */
const NAME = 'quay_health_debug';
/** Of one name; a browser sends more than one only if somebody plants them. */
const MAX_VALUES = 4;

export type CookieOptions = {
  readonly lifetimeSeconds: number;
  /** Whether it is sent by TLS only. */
  readonly secure: boolean;
};

/** The header `Set-Cookie` with the attributes of Quay's own session. */
export function debugCookie(value: string, { lifetimeSeconds, secure }: CookieOptions): string {
  const attributes = [`Max-Age=${lifetimeSeconds}`, 'Path=/', 'HttpOnly', 'SameSite=Lax'];
  if (secure) attributes.push('Secure');
  return [`${NAME}=${value}`, ...attributes].join('; ');
}

/** The values of this cookie in a header `Cookie`. */
export function debugCookieValues(header: string | undefined): string[] {
  return (header ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${NAME}=`))
    .slice(0, MAX_VALUES)
    .map((pair) => pair.slice(NAME.length + 1));
}
