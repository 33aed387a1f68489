import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { requireProgram } from '@quay-observability/testkit';
import { startChild, type Child } from '../measure/start-child.ts';
import { asContestant } from './as-contestant.ts';
import type { Contestant, Place } from './contestants.ts';
import type { Image, ServedFile } from './images.ts';

/** nginx as the registry: one worker, files from `root` with a registry's headers. */
export function startUpstream(root: string, image: Image, folder: string): Promise<Child> {
  const location = ({ path, contentType, digest }: ServedFile) => `
    location = ${path} {
      root ${root};
      default_type ${contentType};
      add_header Docker-Content-Digest ${digest};
    }`;
  const { manifest, blob } = image;
  const server = (port: number) => `
  server {
    listen 127.0.0.1:${port} backlog=1024;${location(manifest)}${location(blob)}
    location = /v2/ { default_type application/json; return 200 '{}'; }
  }`;
  return startNginx('upstream', server, manifest.path, folder);
}

/** nginx as a reverse proxy: one worker, connections to the upstream kept, and Quay's settings for blobs. */
export async function startNginxProxy({ upstream, image, folder }: Place): Promise<Contestant> {
  const server = (port: number) => `
  upstream registry {
    server 127.0.0.1:${upstream.port};
    keepalive 128;
    keepalive_requests 1000000000;
  }
  server {
    listen 127.0.0.1:${port} backlog=1024;
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_set_header Host $http_host;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    location / { proxy_pass http://registry; }
    location ~ /v2/([^/]+)(/[^/]+)+/blobs/ {
      proxy_buffering off;
      proxy_request_buffering off;
      proxy_buffer_size 32k;
      proxy_buffers 4 32k;
      proxy_pass http://registry;
    }
  }`;
  return asContestant(await startNginx('nginx', server, image.manifest.path, folder), undefined);
}

function startNginx(
  name: string,
  server: (port: number) => string,
  readyPath: string,
  parent: string,
): Promise<Child> {
  const folder = join(parent, name);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'nginx.conf');
  // Workers must be able to read the files: root's own if root runs this.
  const user = process.getuid?.() === 0 ? 'user root;' : '';
  return startChild(
    {
      name,
      command: requireProgram('nginx'),
      args: (port) => {
        writeFileSync(
          file,
          `${user}
daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log stderr warn;
events { worker_connections 2048; }
http {
  access_log off;
  sendfile on;
  tcp_nodelay on;
  keepalive_timeout 75;
  keepalive_requests 1000000000;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
${server(port)}
}
`,
        );
        return ['-c', file, '-p', folder, '-e', 'stderr'];
      },
      readyPath,
    },
    folder,
  );
}
