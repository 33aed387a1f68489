import { join } from 'node:path';
import { copyImage, writeImageLayout } from '@quay-observability/testkit';

/** Has a row in the database, so that its pulls are tracked. */
export const DEMO_REPOSITORY = 'demo/hello';
const IMAGE = `${DEMO_REPOSITORY}:latest`;

/**
 * Pushes an image of three layers through the address and pulls it again, with a real client. Returns
 * its name there. Throws if it fails or skopeo is not installed.
 */
export async function pushAndPull(url: string, folder: string): Promise<string> {
  const image = writeImageLayout(join(folder, 'image'), 'latest', [
    'one\n',
    'two\n',
    Buffer.alloc(200_000, 'three\n'),
  ]);
  const address = `${new URL(url).host}/${IMAGE}`;
  await copyImage(image.reference, `docker://${address}`);
  await copyImage(`docker://${address}`, `oci:${join(folder, 'pulled')}:latest`);
  return address;
}
