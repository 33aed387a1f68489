/** What the apps use of Quay's `config.yaml`, typed, with Quay's defaults filled in (contract section 15). */
export type QuayConfig = {
  /** The file that was read; undefined if there was none. */
  readonly source: string | undefined;
  /** What is accepted but deserves a log line at start. Never holds a value of the configuration. */
  readonly warnings: readonly string[];
  readonly database: DatabaseSettings;
  readonly redis: {
    /** Pull tracking (contract sections 4 and 5). */
    readonly pullMetrics: RedisSettings;
    /** Global locks (contract section 6). */
    readonly userEvents: RedisSettings;
    /** Health check (contract section 10). */
    readonly buildLogs: RedisSettings;
  };
  readonly pullStatistics: PullStatisticsSettings;
  /** Namespace -> value of the label `namespace_name`; everything else is `other` (contract section 2). */
  readonly trackedNamespaces: ReadonlyMap<string, string>;
  readonly tracing: TracingSettings;
  readonly prometheus: {
    /** The grouping label `job` under which Python pushes (contract section 1). */
    readonly namespace: string;
  };
  readonly library: {
    readonly namespace: string;
    /** Whether `ubuntu` means `library/ubuntu`. */
    readonly enabled: boolean;
  };
  /** `readonly` forbids every write. */
  readonly registryState: 'normal' | 'readonly';
  readonly globalStatistics: { readonly intervalSeconds: number };
  readonly garbageCollection: GarbageCollectionSettings;
  readonly quota: { readonly enabled: boolean; readonly invalidateTotals: boolean };
  readonly queues: {
    readonly repositoryGcName: string;
    readonly namespaceGcName: string;
    readonly metricsRefreshSeconds: number;
  };
  readonly storage: StorageSettings;
  readonly health: HealthSettings;
  readonly securityScanner: {
    readonly enabled: boolean;
    readonly endpoint: string | undefined;
    /** The pre-shared key of the scanner, base64. A secret. */
    readonly psk: string | undefined;
  };
  /** Entries `program=true` or `program=false`; an owner switch beside them wins (contract section 13). */
  readonly overrideServices: readonly string[];
};

/** One PostgreSQL server, as Quay writes it down. The URI is a SQLAlchemy URL and holds credentials. */
export type DatabaseServerSettings = {
  readonly uri: string;
  /** Quay's `DB_CONNECTION_ARGS`, unchanged: arguments of the Python driver. */
  readonly connectionArgs: Readonly<Record<string, unknown>>;
  /** For messages, the key and the file or variable of each: `DB_URI (/conf/stack/config.yaml)`. */
  readonly origin?: { readonly uri: string; readonly connectionArgs: string };
};

export type DatabaseSettings = {
  /** Undefined without `DB_URI`: an app that needs a database must say so. */
  readonly primary: DatabaseServerSettings | undefined;
  readonly replicas: readonly DatabaseServerSettings[];
};

export type RedisSettings = {
  readonly host: string;
  readonly port: number;
  /** The path of a unix socket, in the place of host and port. */
  readonly socketPath?: string;
  readonly db: number;
  readonly username?: string;
  /** A secret. */
  readonly password?: string;
  readonly tls?: RedisTlsSettings;
  readonly connectTimeoutMs: number;
  readonly commandTimeoutMs: number;
};

export type RedisTlsSettings = {
  /** False for `ssl_cert_reqs: none`: any certificate is taken. */
  readonly verifyCertificate: boolean;
  readonly verifyHostname: boolean;
  readonly caFile?: string;
  readonly certificateFile?: string;
  readonly keyFile?: string;
};

export type PullStatisticsSettings = {
  readonly enabled: boolean;
  /** How many pulls are written to Redis at once. */
  readonly workerCount: number;
  readonly flushIntervalSeconds: number;
  readonly flushBatchSize: number;
  readonly flushScanCount: number;
};

/** Contract section 12. */
export type TracingSettings = {
  readonly enabled: boolean;
  readonly serviceName: string;
  /** Where spans go unless `dynatrace` is set; the protocol follows from the URL. */
  readonly endpoint: string;
  readonly dynatrace: { readonly apiUrl: string; readonly apiToken: string } | undefined;
  /** 0..1. */
  readonly sampleRate: number;
  /** Regular expressions, searched anywhere in the URL, as the operator wrote them. */
  readonly excludedUrls: readonly string[];
};

/** Contract section 8. */
export type GarbageCollectionSettings = {
  readonly enabled: boolean;
  readonly repositoryGcEnabled: boolean;
  readonly namespaceGcEnabled: boolean;
  readonly intervalSeconds: number;
  readonly immutableTags: boolean;
  readonly immutableTagsCanExpire: boolean;
  readonly imageExpiryTrigger: boolean;
  readonly pushesDisabled: boolean;
  readonly accountRecoveryMode: boolean;
};

export type StorageSettings = {
  /** Location -> engine and its parameters, which hold credentials. */
  readonly locations: ReadonlyMap<string, StorageLocation>;
  readonly preference: readonly string[];
  readonly defaultLocations: readonly string[];
};

export type StorageLocation = {
  readonly engine: string;
  readonly parameters: Readonly<Record<string, unknown>>;
};

/** Contract section 10. */
export type HealthSettings = {
  readonly checker: { readonly name: string; readonly parameters: Readonly<Record<string, unknown>> };
  readonly checkPreferredStorage: boolean;
  /** Share of the volume that must be free, 0..1. */
  readonly diskSpaceThreshold: number;
  readonly diskSpaceWarningThreshold: number;
  /** A secret; undefined turns the debug endpoint off. */
  readonly debugSecret: string | undefined;
  readonly setupComplete: boolean;
  readonly billing: boolean;
  readonly isTesting: boolean;
  /** `host` or `host:port`. */
  readonly serverHostname: string;
  /** `http` or `https`. */
  readonly preferredUrlScheme: string;
  readonly externalTlsTermination: boolean;
  readonly forceNonsecureCookie: boolean;
  readonly authenticationType: string;
  readonly authentication: AuthenticationSettings;
  readonly serviceKeyService: string;
  /** The file that holds the id of this instance's service key. */
  readonly serviceKeyIdFile: string;
};

/** How to ask the authentication backends; which one is in use says `authenticationType` (contract section 10). */
export type AuthenticationSettings = {
  readonly ldap: {
    /** `ldap://` or `ldaps://`, several separated by blanks. */
    readonly uri: string;
    readonly adminDn: string | undefined;
    /** A secret. */
    readonly adminPassword: string | undefined;
    readonly timeoutSeconds: number;
    readonly networkTimeoutSeconds: number;
    readonly allowInsecureFallback: boolean;
    /** The certificate authority that Quay trusts if the file is there. */
    readonly caFile: string;
  };
  readonly jwt: { readonly getUserUrl: string | undefined };
  readonly keystone: {
    readonly url: string | undefined;
    readonly version: 2 | 3;
    readonly timeoutSeconds: number;
    readonly adminUsername: string | undefined;
    /** A secret. */
    readonly adminPassword: string | undefined;
    readonly adminTenant: string | undefined;
  };
};
