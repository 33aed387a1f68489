import { startNginx, type Server } from '@quay-observability/testkit';

const DIGEST = (digit: string): string => `sha256:${digit.repeat(64)}`;

/** What an ailing registry does with a request. */
export const AILING = {
  /** The connection breaks before an answer. */
  broken: '/v2/broken/app/manifests/latest',
  error: '/v2/error/app/manifests/latest',
  /** A 404 that takes 2 s for each request that came just before it. */
  slow: '/v2/slow/app/manifests/latest',
  /** A redirect to a blob whose size nobody tells. */
  redirect: `/v2/redirect/app/blobs/${DIGEST('b')}`,
  /** A redirect to a blob whose size a HEAD tells. */
  sized: `/v2/sized/app/blobs/${DIGEST('a')}`,
};

/** nginx in front of a real registry, that lets some of its repositories ail. */
export function startAilingRegistry(registryUrl: string): Promise<Server> {
  return startNginx({
    config: ({ port }) => `limit_req_zone $server_addr zone=slow:64k rate=30r/m;
    server {
      listen 127.0.0.1:${port};
      location / { proxy_pass ${registryUrl}; }
      location /v2/broken/ { return 444; }
      location /v2/error/ { return 500; }
      location /v2/slow/ { limit_req zone=slow burst=20; proxy_pass ${registryUrl}; }
      location /v2/redirect/ {
        if ($request_method = HEAD) { return 405; }
        return 307 http://127.0.0.1:${port}/elsewhere;
      }
      location /v2/sized/ {
        if ($request_method = HEAD) { return 200 '12 bytes long'; }
        return 307 http://127.0.0.1:${port}/elsewhere;
      }
    }`,
  });
}
