import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { requestHandler } from './request-handler.ts';
import type { AccessKeys } from './s3-location.ts';

const SESSION_NAME = 'quay';

export type RoleOptions = {
  readonly keys: AccessKeys | undefined;
  readonly roleArn: string;
  readonly region: string;
  readonly timeoutMs: number;
};

/**
 * Keys for as long as AWS lends them. The SDK asks again before they expire. Quay's `STSS3Storage` does the
 * same under the session name `quay`.
 */
export function assumeRole({ keys, roleArn, region, timeoutMs }: RoleOptions) {
  return async (): Promise<AccessKeys & { expiration?: Date }> => {
    const client = new STSClient({
      region,
      ...(keys !== undefined && { credentials: keys }),
      maxAttempts: 2,
      requestHandler: requestHandler(timeoutMs),
    });
    try {
      const answer = await client.send(
        new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: SESSION_NAME }),
      );
      const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = answer.Credentials ?? {};
      if (AccessKeyId === undefined || SecretAccessKey === undefined) throw new Error('AWS lent no keys');
      return {
        accessKeyId: AccessKeyId,
        secretAccessKey: SecretAccessKey,
        ...(SessionToken !== undefined && { sessionToken: SessionToken }),
        ...(Expiration !== undefined && { expiration: Expiration }),
      };
    } finally {
      client.destroy();
    }
  };
}
