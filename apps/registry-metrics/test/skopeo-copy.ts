import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { requireProgram } from '@quay-observability/testkit';

const run = promisify(execFile);

/** Copies an image by skopeo, between registries without TLS and folders. */
export async function skopeoCopy(from: string, to: string): Promise<void> {
  await run(requireProgram('skopeo', 'skopeo'), [
    '--insecure-policy',
    'copy',
    '--src-tls-verify=false',
    '--dest-tls-verify=false',
    from,
    to,
  ]);
}
