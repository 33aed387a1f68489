"""Collects the garbage of one repository as Quay's Python runtime does (contract section 8); prints how long it took.

Written from the contract, with psycopg2 and python-redis-lock: tags ten at a time, then each manifest, each blob and
each file by itself, a statement for each look and each table. Kinder to Python than Quay is: no object-relational
mapper, no savepoints, no logging.

Arguments: URL of PostgreSQL, port of Redis, root of the only storage location.
"""

import json
import os
import random
import sys
import time
from contextlib import contextmanager

import psycopg2
import redis_lock
from redis import Redis

CHUNK = 10
MARKED_FOR_DELETION = 3
MOST_REPOSITORIES = 500
EMPTY_LAYER = "sha256:a3ed95caeb02ffe68cdd9fd84406680ae93d633cb16422d00e8a7c22955b46d4"


class Garbage:
    """What one chunk has touched."""

    def __init__(self):
        self.manifests, self.labels, self.blobs = set(), set(), set()


class Collector:
    def __init__(self, uri, redis_port, storage_root):
        self.connection = psycopg2.connect(uri)
        self.connection.autocommit = True
        self.cursor = self.connection.cursor()
        self.redis = Redis(host="127.0.0.1", port=redis_port, db=0, socket_timeout=5)
        self.storage_root = storage_root
        self.repository = None

    def rows(self, sql, *values):
        self.cursor.execute(sql, values)
        return self.cursor.fetchall()

    def is_found(self, sql, *values):
        self.cursor.execute(f"{sql} LIMIT 1", values)
        return self.cursor.fetchone() is not None

    def change(self, sql, *values):
        self.cursor.execute(sql, values)
        return self.cursor.rowcount

    @contextmanager
    def transaction(self):
        self.cursor.execute("BEGIN")
        try:
            yield
        except BaseException:
            self.cursor.execute("ROLLBACK")
            raise
        self.cursor.execute("COMMIT")

    def round(self):
        """Finds a repository and collects it under its lock."""
        windows = self.rows('SELECT DISTINCT removed_tag_expiration_s FROM "user" LIMIT 100')
        window = random.choice(windows)[0]
        found = self.rows(
            "SELECT repository_id FROM (SELECT DISTINCT tag.repository_id FROM tag"
            " JOIN repository ON repository.id = tag.repository_id"
            ' JOIN "user" ON "user".id = repository.namespace_user_id'
            " WHERE tag.lifetime_end_ms IS NOT NULL AND tag.lifetime_end_ms <= %s"
            ' AND "user".removed_tag_expiration_s = %s AND "user".enabled AND repository.state <> %s LIMIT %s)'
            " AS candidates ORDER BY random() LIMIT 1",
            int(time.time() * 1000) - window * 1000,
            window,
            MARKED_FOR_DELETION,
            MOST_REPOSITORIES,
        )
        if not found:
            raise SystemExit("no repository has garbage")
        self.repository = found[0][0]
        with redis_lock.Lock(self.redis, f"REPO_GARBAGE_COLLECTION_{self.repository}", expire=3 * 3600 + 60):
            self.rows("SELECT * FROM repository WHERE id = %s", self.repository)
            self.collect_tags()
            self.collect_uploads()

    def collect_tags(self):
        while True:
            tags = self.rows(
                "SELECT tag.id, tag.name, tag.manifest_id, tag.lifetime_end_ms FROM tag"
                " JOIN repository ON repository.id = tag.repository_id"
                ' JOIN "user" ON "user".id = repository.namespace_user_id'
                " WHERE tag.repository_id = %s AND tag.lifetime_end_ms IS NOT NULL"
                ' AND tag.lifetime_end_ms <= %s - "user".removed_tag_expiration_s * 1000 LIMIT %s',
                self.repository,
                int(time.time() * 1000),
                CHUNK,
            )
            if not tags:
                return
            garbage = Garbage()
            for tag in tags:
                self.purge_tag(*tag, garbage)
            self.collect(garbage)

    def purge_tag(self, tag_id, name, manifest_id, end_ms, garbage):
        garbage.manifests.add(manifest_id)
        with self.transaction():
            now = self.rows("SELECT lifetime_end_ms FROM tag WHERE id = %s FOR UPDATE", tag_id)
            if not now or now[0][0] != end_ms:
                return
            self.change(
                "DELETE FROM tagpullstatistics WHERE repository_id = %s AND tag_name = %s", self.repository, name
            )
            self.change("DELETE FROM tagnotificationsuccess WHERE tag_id = %s", tag_id)
            self.change("DELETE FROM tag WHERE id = %s", tag_id)

    def collect_uploads(self):
        while True:
            uploads = self.rows(
                "SELECT id, blob_id FROM uploadedblob WHERE repository_id = %s"
                " AND expires_at <= now() AT TIME ZONE 'UTC' LIMIT %s",
                self.repository,
                CHUNK,
            )
            if not uploads:
                return
            garbage = Garbage()
            for upload_id, blob_id in uploads:
                garbage.blobs.add(blob_id)
                self.change("DELETE FROM uploadedblob WHERE id = %s", upload_id)
            self.collect(garbage)

    def collect(self, garbage):
        """What was touched and all below it, until nothing changes."""
        self.walk(garbage)
        has_changes = True
        while has_changes:
            gone = [manifest for manifest in list(garbage.manifests) if self.delete_manifest(manifest)]
            garbage.manifests.difference_update(gone)
            labels = self.delete_labels(garbage.labels)
            garbage.labels -= labels
            blobs = self.delete_blobs(garbage.blobs)
            garbage.blobs -= blobs
            has_changes = bool(gone or labels or blobs)

    def walk(self, garbage):
        level = set(garbage.manifests)
        while level:
            ids = tuple(level)
            garbage.blobs.update(
                row[0] for row in self.rows("SELECT blob_id FROM manifestblob WHERE manifest_id IN %s", ids)
            )
            garbage.labels.update(
                row[0] for row in self.rows("SELECT label_id FROM manifestlabel WHERE manifest_id IN %s", ids)
            )
            children = {
                row[0]
                for row in self.rows("SELECT child_manifest_id FROM manifestchild WHERE manifest_id IN %s", ids)
            }
            level = children - garbage.manifests
            garbage.manifests |= level

    def is_used(self, manifest_id):
        return (
            self.is_found("SELECT * FROM tag WHERE manifest_id = %s", manifest_id)
            or self.is_found("SELECT * FROM manifestchild WHERE child_manifest_id = %s", manifest_id)
            or self.is_found(
                "SELECT 1 FROM manifest AS subject WHERE subject.id = %s AND EXISTS (SELECT 1 FROM manifest"
                " WHERE manifest.subject = subject.digest AND manifest.repository_id = subject.repository_id)",
                manifest_id,
            )
        )

    def delete_manifest(self, manifest_id):
        with self.transaction():
            if self.is_used(manifest_id):
                return False
        with self.transaction():
            found = self.rows("SELECT id, digest FROM manifest WHERE id = %s", manifest_id)
            if not found or self.is_used(manifest_id):
                return False
            for table in ("manifestlabel", "manifestchild", "manifestblob"):
                self.delete_of(table, manifest_id)
            self.mark_totals_stale()
            self.delete_of("manifestsecuritystatus", manifest_id)
            self.change(
                "DELETE FROM manifestpullstatistics WHERE repository_id = %s AND manifest_digest = %s",
                self.repository,
                found[0][1],
            )
            self.change("DELETE FROM manifest WHERE id = %s", manifest_id)
        return True

    def delete_of(self, table, manifest_id):
        self.change(
            f"DELETE FROM {table} WHERE manifest_id = %s AND repository_id = %s", manifest_id, self.repository
        )

    def mark_totals_stale(self):
        stale = "SET size_bytes = 0, backfill_start_ms = NULL, backfill_complete = false"
        self.change(
            f"UPDATE quotarepositorysize {stale} WHERE repository_id = %s AND backfill_start_ms IS NOT NULL",
            self.repository,
        )
        namespace = self.rows("SELECT namespace_user_id FROM repository WHERE id = %s", self.repository)[0][0]
        self.change(
            f"UPDATE quotanamespacesize {stale} WHERE namespace_user_id = %s AND backfill_start_ms IS NOT NULL",
            namespace,
        )

    def delete_labels(self, labels):
        if not labels:
            return set()
        with self.transaction():
            used = {
                row[0]
                for row in self.rows("SELECT label_id FROM manifestlabel WHERE label_id IN %s", tuple(labels))
            }
            unused = labels - used
            if unused:
                self.change("DELETE FROM label WHERE id IN %s", tuple(unused))
        return unused

    def delete_blobs(self, blobs):
        gone, files = set(), set()
        for blob in blobs:
            with self.transaction():
                if not self.is_orphaned(blob):
                    continue
                gone.add(blob)
                files |= self.delete_blob(blob)
        for path, checksum in files:
            self.remove_file(path, checksum)
        return gone

    def is_orphaned(self, blob):
        return (
            not self.is_found("SELECT * FROM manifestblob WHERE blob_id = %s", blob)
            and not self.is_found("SELECT * FROM uploadedblob WHERE blob_id = %s", blob)
            and self.is_found("SELECT 1 FROM imagestorageplacement WHERE storage_id = %s", blob)
        )

    def delete_blob(self, blob):
        """Deletes a storage row; its files, unless another row has its checksum."""
        placements = self.rows(
            "SELECT location_id, cas_path, content_checksum, uuid FROM imagestorageplacement"
            " JOIN imagestorage ON imagestorage.id = storage_id WHERE storage_id = %s",
            blob,
        )
        self.change("DELETE FROM imagestorageplacement WHERE storage_id = %s", blob)
        self.change("DELETE FROM imagestoragesignature WHERE storage_id = %s", blob)
        self.change("DELETE FROM imagestorage WHERE id = %s", blob)
        checksums = tuple(row[2] for row in placements if row[1])
        used = set()
        if checksums:
            used = set(
                self.rows("SELECT content_checksum FROM imagestorage WHERE content_checksum IN %s", checksums)
            )
        return {
            (self.path_of(is_shared, checksum, uuid), checksum)
            for _, is_shared, checksum, uuid in placements
            if not is_shared or (checksum,) not in used
        }

    def path_of(self, is_shared, checksum, uuid):
        if not is_shared:
            return os.path.join(self.storage_root, "sharedimages", uuid, "layer")
        digest = checksum.removeprefix("sha256:")
        return os.path.join(self.storage_root, "sha256", digest[:2], digest)

    def remove_file(self, path, checksum):
        if checksum == EMPTY_LAYER:
            return
        with redis_lock.Lock(self.redis, f"BLOB_DELETE_{checksum}", expire=120):
            if not self.is_found("SELECT 1 FROM imagestorage WHERE content_checksum = %s", checksum):
                os.remove(path)


collector = Collector(sys.argv[1], int(sys.argv[2]), sys.argv[3])
before, cpu_before = time.perf_counter(), time.process_time()
collector.round()
print(json.dumps({"seconds": time.perf_counter() - before, "cpuSeconds": time.process_time() - cpu_before}))
