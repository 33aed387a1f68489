import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { requireProgram } from './find-program.ts';

/**
 * Copies an image with skopeo, a real registry client, between `oci:folder:tag` and
 * `docker://127.0.0.1:port/repository:tag`. Registries are spoken to over plain HTTP.
 *
 * Throws with skopeo's own words if it fails or is not installed.
 */
export async function copyImage(
  from: string,
  to: string,
  options: { timeoutMs?: number } = {},
): Promise<void> {
  const skopeo = requireProgram('skopeo');
  const args = [
    '--insecure-policy',
    'copy',
    '--quiet',
    '--src-tls-verify=false',
    '--dest-tls-verify=false',
    from,
    to,
  ];
  // A proxy of the surroundings has no business between processes of this machine.
  const env = { ...process.env, NO_PROXY: '127.0.0.1', no_proxy: '127.0.0.1' };
  await promisify(execFile)(skopeo, args, { env, timeout: options.timeoutMs ?? 120_000 });
}
