import type { Parameters } from '../parameters.ts';
import { endpointUrl } from './endpoint-url.ts';
import type { AccessKeys, S3Location } from './s3-location.ts';

/** Quay's engines that speak S3 (`storage/cloud.py` and the CDNs in front of it) by what their parameters mean. */
export const S3_ENGINES: ReadonlyMap<string, (parameters: Parameters) => S3Location> = new Map([
  ['S3Storage', amazon],
  ['CloudFrontedS3Storage', amazonBehindCdn],
  ['CloudFlareStorage', amazonBehindCdn],
  ['AkamaiS3Storage', amazonBehindCdn],
  ['STSS3Storage', amazonByRole],
  ['IBMCloudStorage', hosted],
  ['RadosGWStorage', hosted],
  ['RHOCSStorage', hosted],
  ['GoogleCloudStorage', google],
]);

const GOOGLE_ENDPOINT = 'https://storage.googleapis.com';
const CHINESE_REGIONS = ['cn-north-1', 'cn-northwest-1'];

function amazon(parameters: Parameters): S3Location {
  const sessionToken = parameters.optionalText('aws_session_token');
  const keys = optionalKeys(parameters, 's3_access_key', 's3_secret_key');
  return {
    ...amazonBucket(parameters, parameters.optionalText('s3_region')),
    keys: keys !== undefined && sessionToken !== undefined ? { ...keys, sessionToken } : keys,
    roleArn: undefined,
  };
}

function amazonBehindCdn(parameters: Parameters): S3Location {
  // The CDN matters to downloads alone; without a region Quay does not even start.
  parameters.text('s3_region');
  return amazon(parameters);
}

function amazonByRole(parameters: Parameters): S3Location {
  return {
    ...amazonBucket(parameters, parameters.optionalText('s3_region')),
    keys: optionalKeys(parameters, 'sts_user_access_key', 'sts_user_secret_key'),
    roleArn: parameters.optionalText('sts_role_arn'),
  };
}

function amazonBucket(
  parameters: Parameters,
  region: string | undefined,
): Omit<S3Location, 'keys' | 'roleArn'> {
  return {
    bucket: parameters.text('s3_bucket'),
    root: parameters.text('storage_path', { emptyAllowed: true }),
    region,
    endpoint: region === undefined ? ownEndpoint(parameters) : amazonEndpoint(region),
    encrypted: true,
    signatureVersion: parameters.optionalText('signature_version'),
  };
}

/** A region wins over host and endpoint, as in Quay. */
function amazonEndpoint(region: string): string {
  return `https://s3.${region}.amazonaws.com${CHINESE_REGIONS.includes(region) ? '.cn' : ''}`;
}

function ownEndpoint(parameters: Parameters): string | undefined {
  const port = parameters.optionalPort('port');
  const host = parameters.optionalText('host');
  return (
    parameters.optionalText('endpoint_url') ??
    (host === undefined ? undefined : endpointUrl(host, port, true))
  );
}

function hosted(parameters: Parameters): S3Location {
  const port = parameters.optionalPort('port');
  const hostname = parameters.text('hostname');
  return {
    ...namedBucket(parameters),
    endpoint: endpointUrl(hostname, port, parameters.truth('is_secure')),
    region: parameters.optionalText('region_name'),
  };
}

function google(parameters: Parameters): S3Location {
  return { ...namedBucket(parameters), endpoint: GOOGLE_ENDPOINT, region: undefined };
}

function namedBucket(parameters: Parameters): Omit<S3Location, 'endpoint' | 'region'> {
  return {
    bucket: parameters.text('bucket_name'),
    root: parameters.text('storage_path', { emptyAllowed: true }),
    keys: optionalKeys(parameters, 'access_key', 'secret_key'),
    roleArn: undefined,
    encrypted: false,
    signatureVersion: parameters.optionalText('signature_version'),
  };
}

/** Both or none: one alone is a fault for boto3 too. */
function optionalKeys(parameters: Parameters, idName: string, secretName: string): AccessKeys | undefined {
  const accessKeyId = parameters.optionalText(idName);
  const secretAccessKey = parameters.optionalText(secretName);
  if (accessKeyId === undefined && secretAccessKey === undefined) return undefined;
  return { accessKeyId: parameters.text(idName), secretAccessKey: parameters.text(secretName) };
}
