/** Where the objects of a location are and how to ask for them, out of the parameters of any of Quay's S3 engines. */
export type S3Location = {
  readonly bucket: string;
  /** `storage_path`: a prefix of every key. */
  readonly root: string;
  /** Undefined: AWS's own, by region. Any other is asked with the bucket in the path, as boto3 does. */
  readonly endpoint: string | undefined;
  readonly region: string | undefined;
  /** Undefined: what the machine provides, as AWS's SDK finds it. */
  readonly keys: AccessKeys | undefined;
  /** A role to take with these keys before asking. */
  readonly roleArn: string | undefined;
  /** Whether objects are written with `ServerSideEncryption: AES256`. */
  readonly encrypted: boolean;
  readonly signatureVersion: string | undefined;
};

/** A secret. */
export type AccessKeys = {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
};

/** The key of a path, as Quay joins them: `/images` and `sha256/ab/…` -> `images/sha256/ab/…`. */
export function objectKey(root: string, path: string): string {
  const joined = root === '' ? path : root.endsWith('/') ? `${root}${path}` : `${root}/${path}`;
  return joined.startsWith('/') ? joined.slice(1) : joined;
}
