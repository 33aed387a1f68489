/**
 * Host and port as a URL, by Quay's rules (`_build_endpoint_url`): a scheme in the host wins over `isSecure`,
 * a port in it over `port`.
 */
export function endpointUrl(host: string, port: number | undefined, isSecure: boolean): string {
  const url = /^https?:\/\//.test(host) ? host : `${isSecure ? 'https' : 'http'}://${host}`;
  const hasPort = /^[ /]*\d+[ /]*$/.test(url.split(':').at(-1) ?? '');
  return port === undefined || hasPort ? url : `${url.replace(/\/+$/, '')}:${port}`;
}
