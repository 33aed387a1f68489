import { S3Client } from '@aws-sdk/client-s3';
import { assumeRole } from './assume-role.ts';
import { requestHandler } from './request-handler.ts';
import type { S3Location } from './s3-location.ts';

const MAX_ATTEMPTS = 2;
/** What boto3 signs for where nobody names a region. */
const FALLBACK_REGION = 'us-east-1';

/** AWS's client for one location; it asks at most twice, and gives each attempt this long to connect and to answer. */
export function createS3Client(location: S3Location, timeoutMs: number): S3Client {
  const region =
    location.region ?? process.env.AWS_DEFAULT_REGION ?? process.env.AWS_REGION ?? FALLBACK_REGION;
  return new S3Client({
    region,
    ...(location.endpoint !== undefined && { endpoint: location.endpoint, forcePathStyle: true }),
    ...credentials(location, region, timeoutMs),
    // AWS alone redirects to the region of a bucket.
    followRegionRedirects: location.endpoint === undefined,
    maxAttempts: MAX_ATTEMPTS,
    // Other servers than AWS's refuse the newer kinds of checksum.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: requestHandler(timeoutMs),
  });
}

function credentials({ keys, roleArn }: S3Location, region: string, timeoutMs: number) {
  if (roleArn !== undefined) return { credentials: assumeRole({ keys, roleArn, region, timeoutMs }) };
  return keys === undefined ? {} : { credentials: keys };
}
