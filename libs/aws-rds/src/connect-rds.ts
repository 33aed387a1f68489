import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';

export type RdsOptions = {
  /** The instance's identifier. */
  readonly instance: string;
  readonly region: string;
  /** A secret. Undefined: what the machine provides, as AWS's SDK finds it. */
  readonly keys?: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
  /** AWS's own, by region, unless told. */
  readonly endpoint?: string | undefined;
  /** For the whole question; 2000. */
  readonly timeoutMs?: number;
  /** Told why there is no status; the text is free of secrets. */
  readonly onFailure?: (why: string) => void;
};

/** The state of an instance as RDS calls it, `available` or `rebooting`; `error` without an answer, as in Quay. */
export type RdsConnection = { status(): Promise<string>; close(): void };

const NO_STATUS = 'error';
const MAX_SOCKETS = 2;
const DEFAULT_TIMEOUT_MS = 2000;

/**
 * Asks RDS how a database instance is (contract section 10). `status` never rejects and never takes longer than
 * the time limit.
 */
export function connectRds(options: RdsOptions): RdsConnection {
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const client = createClient(options, timeoutMs);
  const ask = async (abortSignal: AbortSignal): Promise<string> => {
    // The instance alone, not all of them as Quay asks for: the answer is bounded, and never on a second page.
    const answer = await client.send(
      new DescribeDBInstancesCommand({ DBInstanceIdentifier: options.instance }),
      { abortSignal },
    );
    const status = answer.DBInstances?.[0]?.DBInstanceStatus;
    if (status === undefined) throw new Error('RDS knows no such instance');
    return /^[\w-]{1,100}$/.test(status) ? status : NO_STATUS;
  };
  return {
    status: async () => {
      const end = new AbortController();
      const late = Promise.withResolvers<never>();
      const timer = setTimeout(() => {
        late.reject(new Error('TimeoutError'));
        end.abort();
      }, timeoutMs);
      try {
        // Credentials are looked for without regard to the signal.
        return await Promise.race([ask(end.signal), late.promise]);
      } catch (error) {
        options.onFailure?.(describe(error));
        return NO_STATUS;
      } finally {
        clearTimeout(timer);
      }
    },
    close: () => {
      client.destroy();
    },
  };
}

function createClient({ region, endpoint, keys }: RdsOptions, timeoutMs: number): RDSClient {
  return new RDSClient({
    region,
    ...(endpoint !== undefined && { endpoint }),
    ...(keys !== undefined && { credentials: keys }),
    maxAttempts: 2,
    requestHandler: {
      connectionTimeout: timeoutMs,
      requestTimeout: timeoutMs,
      throwOnRequestTimeout: true,
      // It is asked too seldom to keep a connection.
      httpAgent: new HttpAgent({ keepAlive: false, maxSockets: MAX_SOCKETS }),
      httpsAgent: new HttpsAgent({ keepAlive: false, maxSockets: MAX_SOCKETS }),
    },
  });
}

/** The code, not the text: AWS's text names who asked. */
function describe(error: unknown): string {
  const { code, name, message } = error as NodeJS.ErrnoException;
  if (name === 'Error' && code === undefined) return message;
  return code ?? name;
}
