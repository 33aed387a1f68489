import { startPostgres, startRedis } from '@quay-observability/testkit';
import pg from 'pg';
const postgres = await startPostgres({ schema: true, settings: { shared_buffers: '256MB', max_wal_size: '2GB', log_min_messages: 'warning', log_min_duration_statement: '200', synchronous_commit: 'off' } });
console.log(postgres.uri, postgres.pid);
const q = postgres.query;
const t0 = Date.now();
const N = Number(process.env.N ?? 1000000);
await q(`INSERT INTO "user" (id, username, email, verified, organization, robot, invoice_email, invalid_login_attempts, last_invalid_login, removed_tag_expiration_s, enabled)
 SELECT n, 'ns' || n, n || '@x', true, true, false, false, 0, now(), CASE WHEN n = 1 THEN 0 ELSE 1209600 END, true FROM generate_series(1, 2000) n`);
await q(`INSERT INTO repository (id, namespace_user_id, name, visibility_id, badge_token, kind_id, trust_enabled, state) SELECT n, 1 + n % 2000, 'repo' || n, 1, '', 1, false, 0 FROM generate_series(1, 10000) n`);
await q(`INSERT INTO imagestorage (id, uuid, image_size, uploading, cas_path, content_checksum) SELECT n, 'u' || n, 10, false, true, 'sha256:' || encode(sha256(n::text::bytea), 'hex') FROM generate_series(1, ${N}) n`);
await q(`INSERT INTO imagestorageplacement (storage_id, location_id) SELECT n, 1 FROM generate_series(1, ${N}) n`);
// repository 2000 (namespace 1) has 20,000 manifests, the others the rest
await q(`INSERT INTO manifest (id, repository_id, digest, media_type_id, manifest_bytes, subject_backfilled, artifact_type_backfilled) SELECT n, CASE WHEN n <= 20000 THEN 2000 ELSE 1 + n % 10000 END, 'sha256:m' || n, 1, '{}', true, true FROM generate_series(1, ${N}) n`);
await q(`INSERT INTO manifestblob (repository_id, manifest_id, blob_id) SELECT CASE WHEN n <= 20000 THEN 2000 ELSE 1 + n % 10000 END, n, n FROM generate_series(1, ${N}) n`);
await q(`INSERT INTO manifestblob (repository_id, manifest_id, blob_id) SELECT CASE WHEN n <= 20000 THEN 2000 ELSE 1 + n % 10000 END, n, CASE WHEN n % 2 = 0 THEN 50001 ELSE 60000 + n % 1000 END FROM generate_series(1, ${N}) n WHERE n <> 50001 AND NOT (n between 60000 and 61000)`);
await q(`INSERT INTO tag (name, repository_id, manifest_id, lifetime_start_ms, lifetime_end_ms, immutable, hidden, reversion, tag_kind_id)
 SELECT 't' || n, CASE WHEN n <= 20000 THEN 2000 ELSE 1 + n % 10000 END, n, 1, CASE WHEN n <= 20000 THEN 1000 + n WHEN n % 5 = 0 THEN (extract(epoch from now()) * 1000)::bigint - n ELSE NULL END, false, false, false, 1 FROM generate_series(1, ${N}) n`);
await q('ANALYZE');
console.log('filled', (Date.now() - t0) / 1000);
const redis = await startRedis();
const { createDatabase } = await import('@quay-observability/database');
const { createGlobalLocks, createRedis } = await import('@quay-observability/redis');
const { createLogger } = await import('@quay-observability/logging');
const { collectRepository } = await import('/work/wt/gc/apps/gc-worker/src/repository/collect-repository.ts');
const { findRepositoryWithGarbage } = await import('/work/wt/gc/apps/gc-worker/src/repository/find-repository.ts');
const database = createDatabase({ primary: { uri: postgres.uri, connectionArgs: {} }, applicationName: 'big' });
const connection = createRedis({ settings: { host: '127.0.0.1', port: redis.port, db: 0, connectTimeoutMs: 1000, commandTimeoutMs: 5000 }, name: 'USER_EVENTS_REDIS' });
await connection.whenReady(5000);
const tally: Record<string, number> = {};
let blobs = 0;
const before = await q<{relname: string, seq_scan: string}>('SELECT relname, seq_scan, seq_tup_read FROM pg_stat_user_tables');
const context = { database, locks: createGlobalLocks(connection), stores: new Map([['local_eu', { remove: () => Promise.resolve() }]]), rules: { keepImmutableTags: false, quota: 'invalidate' as const },
 counters: { rowsDeleted: (r: Record<string, number>) => { for (const [k, v] of Object.entries(r)) tally[k] = (tally[k] ?? 0) + v; }, blobRemoved: () => { blobs += 1; }, repositoryPurged() {}, namespacePurged() {} },
 log: createLogger({ name: 'big', json: false, debug: false }), now: Date.now };
const signal = new AbortController().signal;
let t = Date.now();
console.log(await database.write((queries) => findRepositoryWithGarbage(queries, { nowMs: Date.now(), keepImmutable: false, signal })), 'found in', Date.now() - t, 'ms');
t = Date.now();
await collectRepository(context, 2000, signal);
console.log('collected in', (Date.now() - t) / 1000, 's', tally, blobs);
const after = await q<any>('SELECT relname, seq_scan, seq_tup_read FROM pg_stat_user_tables');
for (const row of after) { const old: any = before.find((x) => x.relname === row.relname); const d = Number(row.seq_scan) - Number(old.seq_scan); const r = Number(row.seq_tup_read) - Number(old.seq_tup_read); if (d > 0) console.log('seq scans', row.relname, d, 'tuples', r); }
await Promise.all([connection.close(), database.close(500)]);
await Promise.all([redis.stop(), postgres.stop()]);
