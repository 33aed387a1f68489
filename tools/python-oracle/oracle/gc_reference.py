"""What must remain after garbage collection (contract section 8), computed from a dump of all tables.

Written from the contract alone, with loops over rows in memory: no database, no SQL, nothing in common with the
program that it judges. Reads a line of JSON per case and prints one:

    {"work": "collect", "id": 7, "now_ms": ..., "rules": {"keep_immutable": true, "quota": "invalidate"},
     "tables": {"tag": [{...}, ...], ...}, "files": ["location/path", ...]}

    {"tables": {...}, "files": [...], "counted": {"Tag": 3, ...}, "blobs": 2, "repositories": 0, "namespaces": 0}

`work` is `collect` (one repository), `purge_repository` or `purge_namespace`; `id` is the row's. Tables that are fixed
lists of names are left out, but for the locations: 1 is `local_eu`, 2 is `local_us`.
"""

import json
import sys
from collections import Counter
from datetime import datetime, timezone

EMPTY_LAYER = "sha256:a3ed95caeb02ffe68cdd9fd84406680ae93d633cb16422d00e8a7c22955b46d4"
LOCATIONS = {1: "local_eu", 2: "local_us"}
MARKED_FOR_DELETION = 3

# What else belongs to a repository (column `repository_id`).
OF_REPOSITORY = (
    "quotarepositorysize",
    "repositoryautoprunepolicy",
    "repositorypermission",
    "repositorybuild",
    "repositorybuildtrigger",
    "repositoryactioncount",
    "star",
    "accesstoken",
    "repositorynotification",
    "blobupload",
    "repomirrorconfig",
    "repomirrorrule",
    "orgmirrorrepository",
    "repositoryauthorizedemail",
    "tagpullstatistics",
    "manifestpullstatistics",
    "repositoryimmutabilitypolicy",
    "repositorysearchscore",
    "deletedrepository",
)

# What goes with an account, be it an organisation, a user or a robot.
OF_ACCOUNT = (
    ("team", "organization_id"),
    ("teammember", "user_id"),
    ("teammemberinvite", "user_id"),
    ("teammemberinvite", "inviter_id"),
    ("oauthapplication", "organization_id"),
    ("oauthaccesstoken", "authorized_user_id"),
    ("oauthassignedtoken", "assigned_user_id"),
    ("repositorybuildtrigger", "connected_user_id"),
    ("repositorypermission", "user_id"),
    ("permissionprototype", "org_id"),
    ("permissionprototype", "activating_user_id"),
    ("permissionprototype", "delegate_user_id"),
    ("userorganizationquota", "namespace_id"),
    ("quotanamespacesize", "namespace_user_id"),
    ("quotanotificationstate", "namespace_id"),
    ("namespacenotification", "namespace_id"),
    ("repomirrorconfig", "internal_robot_id"),
    ("robotaccountmetadata", "robot_account_id"),
    ("robotaccounttoken", "robot_account_id"),
    ("federatedlogin", "user_id"),
    ("autoprunetaskstatus", "namespace_id"),
    ("namespaceautoprunepolicy", "namespace_id"),
    ("repositoryautoprunepolicy", "namespace_id"),
    ("namespaceimmutabilitypolicy", "namespace_id"),
    ("repositoryimmutabilitypolicy", "namespace_id"),
    ("proxycacheconfig", "organization_id"),
    ("appspecificauthtoken", "user_id"),
    ("emailconfirmation", "user_id"),
    ("notification", "target_id"),
    ("organizationcontactemail", "organization_id"),
    ("organizationrhskus", "user_id"),
    ("organizationrhskus", "org_id"),
    ("redhatsubscriptions", "user_id"),
    ("star", "user_id"),
    ("userprompt", "user_id"),
    ("userregion", "user_id"),
    ("deletednamespace", "namespace_id"),
)


class Collector:
    def __init__(self, case):
        self.tables = {name: {row["id"]: row for row in rows} for name, rows in case["tables"].items()}
        self.files = set(case["files"])
        self.now_ms = case["now_ms"]
        self.keep_immutable = case["rules"]["keep_immutable"]
        self.quota = case["rules"]["quota"]
        self.counted = Counter()
        self.blobs = 0
        self.repositories = 0
        self.namespaces = 0

    # Tables.

    def where(self, table, **values):
        return [row for row in self.tables[table].values() if all(row[key] == value for key, value in values.items())]

    def get(self, table, row_id):
        return self.tables[table].get(row_id)

    def delete(self, table, rows, count_as=None):
        for row in rows:
            del self.tables[table][row["id"]]
        if count_as is not None:
            self.counted[count_as] += len(rows)

    # One repository (contract section 8, "Repository GC").

    def collect(self, repository_id):
        repository = self.get("repository", repository_id)
        namespace = self.get("user", repository["namespace_user_id"])
        if repository["state"] == MARKED_FOR_DELETION or namespace is None:
            return
        limit_ms = self.now_ms - namespace["removed_tag_expiration_s"] * 1000
        dead = {
            tag["id"]
            for tag in self.where("tag", repository_id=repository_id)
            if tag["lifetime_end_ms"] is not None
            and tag["lifetime_end_ms"] <= limit_ms
            and not (self.keep_immutable and tag["immutable"])
        }
        # A tag to which a tag that stays is linked stays, whatever its age: the link is a foreign key.
        while True:
            linked = {
                tag["linked_tag_id"]
                for tag in self.tables["tag"].values()
                if tag["linked_tag_id"] in dead and tag["id"] not in dead
            }
            if not linked:
                break
            dead -= linked
        manifests = self.purge_tags([self.get("tag", tag_id) for tag_id in sorted(dead)])
        self.collect_manifests(repository, manifests)
        expired = [
            upload
            for upload in self.where("uploadedblob", repository_id=repository_id)
            if to_ms(upload["expires_at"]) <= self.now_ms
        ]
        self.purge_uploads(expired)

    def purge_tags(self, tags):
        """Deletes tags with what belongs to them; returns the ids of their manifests."""
        manifests = set()
        for tag in tags:
            statistics = self.where(
                "tagpullstatistics", repository_id=tag["repository_id"], tag_name=tag["name"]
            )
            self.delete("tagpullstatistics", statistics, "TagPullStatistics")
            self.delete("tagnotificationsuccess", self.where("tagnotificationsuccess", tag_id=tag["id"]))
            self.delete("tag", [tag], "Tag")
            if tag["manifest_id"] is not None:
                manifests.add(tag["manifest_id"])
        return manifests

    def collect_manifests(self, repository, touched):
        walked, blobs, labels = set(), set(), set()

        def walk(manifests):
            found = self.with_descendants(manifests)
            walked.update(found)
            for table, column, ids in (("manifestblob", "blob_id", blobs), ("manifestlabel", "label_id", labels)):
                ids.update(link[column] for link in self.tables[table].values() if link["manifest_id"] in found)

        walk(touched)
        progress = True
        while progress:
            progress = False
            for manifest_id in sorted(walked):
                manifest = self.get("manifest", manifest_id)
                if manifest is not None and not self.is_used(manifest):
                    self.delete_manifest(repository, manifest)
                    # Its subject may have lost its tags long ago.
                    if manifest["subject"] is not None:
                        subjects = self.where(
                            "manifest", repository_id=repository["id"], digest=manifest["subject"]
                        )
                        walk({subject["id"] for subject in subjects})
                    progress = True
        self.collect_labels(labels)
        self.collect_storages(blobs)

    def with_descendants(self, manifests):
        walked, level = set(manifests), set(manifests)
        while level:
            level = {
                link["child_manifest_id"]
                for link in self.tables["manifestchild"].values()
                if link["manifest_id"] in level
            } - walked
            walked |= level
        return walked

    def is_used(self, manifest):
        return bool(
            self.where("tag", manifest_id=manifest["id"])
            or self.where("manifestchild", child_manifest_id=manifest["id"])
            or self.where(
                "manifest", repository_id=manifest["repository_id"], subject=manifest["digest"]
            )
        )

    def delete_manifest(self, repository, manifest):
        links = {"manifest_id": manifest["id"]}
        self.delete("manifestlabel", self.where("manifestlabel", **links), "ManifestLabel")
        self.delete("manifestchild", self.where("manifestchild", **links), "ManifestChild")
        blob_links = self.where("manifestblob", **links)
        self.delete("manifestblob", blob_links, "ManifestBlob")
        self.change_quota(repository, [link["blob_id"] for link in blob_links])
        self.delete(
            "manifestsecuritystatus", self.where("manifestsecuritystatus", **links), "ManifestSecurityStatus"
        )
        statistics = self.where(
            "manifestpullstatistics", repository_id=repository["id"], manifest_digest=manifest["digest"]
        )
        self.delete("manifestpullstatistics", statistics, "ManifestPullStatistics")
        self.delete("manifest", [manifest], "Manifest")

    def change_quota(self, repository, blob_ids):
        """Marks the totals stale, or subtracts what no other manifest uses."""
        of_namespace = self.where("quotanamespacesize", namespace_user_id=repository["namespace_user_id"])
        of_repository = self.where("quotarepositorysize", repository_id=repository["id"])
        if self.quota == "invalidate":
            for total in of_namespace + of_repository:
                if total["backfill_start_ms"] is not None:
                    total.update(size_bytes=0, backfill_start_ms=None, backfill_complete=False)
        if self.quota != "subtract":
            return
        namespace = self.get("user", repository["namespace_user_id"])
        if namespace is None or not namespace["enabled"] or namespace["robot"]:
            return
        for blob_id in blob_ids:
            size = self.get("imagestorage", blob_id)["image_size"] or 0
            users = [
                self.get("repository", link["repository_id"]) for link in self.where("manifestblob", blob_id=blob_id)
            ]
            if not any(user["namespace_user_id"] == namespace["id"] for user in users):
                subtract(of_namespace, size)
            if not any(user["id"] == repository["id"] for user in users):
                subtract(of_repository, size)

    def collect_labels(self, label_ids):
        for label_id in label_ids:
            label = self.get("label", label_id)
            if label is not None and not self.where("manifestlabel", label_id=label_id):
                self.delete("label", [label], "Label")

    def purge_uploads(self, uploads):
        self.delete("uploadedblob", uploads, "UploadedBlob")
        self.collect_storages({upload["blob_id"] for upload in uploads})

    def collect_storages(self, blob_ids):
        gone = []
        for blob_id in sorted(blob_ids):
            storage = self.get("imagestorage", blob_id)
            placements = self.where("imagestorageplacement", storage_id=blob_id)
            is_used = self.where("manifestblob", blob_id=blob_id) or self.where("uploadedblob", blob_id=blob_id)
            if storage is None or is_used or not placements:
                continue
            self.delete("imagestorageplacement", placements, "ImageStoragePlacement")
            signatures = self.where("imagestoragesignature", storage_id=blob_id)
            self.delete("imagestoragesignature", signatures, "ImageStorageSignature")
            self.delete("imagestorage", [storage], "ImageStorage")
            gone += [(storage, LOCATIONS[placement["location_id"]]) for placement in placements]
        for file in {
            f"{location}/{path_of(storage)}"
            for storage, location in gone
            # Without a checksum no lock can be had, and the file is left.
            if storage["content_checksum"] not in (None, EMPTY_LAYER)
            # A path by checksum is everybody's who has that checksum; one by uuid was this row's alone.
            and not (
                storage["cas_path"]
                and self.where("imagestorage", content_checksum=storage["content_checksum"])
            )
        }:
            self.files.discard(file)
            self.blobs += 1

    # A whole repository (contract section 8, "repositorygc").

    def purge_repository(self, repository_id):
        repository = self.get("repository", repository_id)
        if repository is None or repository["state"] != MARKED_FOR_DELETION:
            return
        of_repository = {"repository_id": repository_id}
        self.delete("manifestchild", self.where("manifestchild", **of_repository))
        manifests = self.purge_tags(self.where("tag", **of_repository))
        self.collect_manifests(repository, manifests)
        # What has no tags is counted once when it is queued, and once more when it goes.
        untagged = self.where("manifest", **of_repository)
        self.counted["Manifest"] += len(untagged)
        ids = {manifest["id"] for manifest in untagged}
        blobs = {link["blob_id"] for link in self.where("manifestblob", **of_repository)}
        labels = {
            link["label_id"] for link in self.tables["manifestlabel"].values() if link["manifest_id"] in ids
        }
        for manifest in untagged:
            self.delete_manifest(repository, manifest)
        self.collect_labels(labels)
        self.collect_storages(blobs)
        self.purge_uploads(self.where("uploadedblob", **of_repository))
        notifications = {row["id"] for row in self.where("repositorynotification", **of_repository)}
        self.delete_by("tagnotificationsuccess", "notification_id", notifications)
        for table in OF_REPOSITORY:
            self.delete(table, self.where(table, **of_repository))
        self.delete("repository", [repository])
        self.repositories += 1

    # A namespace (contract section 8, "namespacegc").

    def purge_namespace(self, namespace_id):
        namespace = self.get("user", namespace_id)
        namespace["enabled"] = False
        for queue in ("dockerfilebuild", "notification", "repositorygc"):
            prefix = f"{queue}/{namespace['username']}/"
            items = [item for item in self.tables["queueitem"].values() if item["queue_name"].startswith(prefix)]
            self.delete("queueitem", items)
        for repository in self.where("repository", namespace_user_id=namespace_id):
            repository["state"] = MARKED_FOR_DELETION
            self.purge_repository(repository["id"])
        mirrors = {row["id"] for row in self.where("orgmirrorconfig", organization_id=namespace_id)}
        self.delete_by("orgmirrorrepository", "org_mirror_config_id", mirrors)
        self.delete_by("orgmirrorconfig", "id", mirrors)
        [marker] = self.where("deletednamespace", namespace_id=namespace_id)
        prefix = f"{marker['original_username']}+"
        # Who has the name now, or had it when it was marked too, may have made robots of that name.
        named = {row["namespace_id"] for row in self.where("deletednamespace", original_username=marker["original_username"])}
        claimants = [
            user
            for user in self.where("user", robot=False)
            if user["id"] != namespace_id
            and (user["id"] in named or user["username"] == marker["original_username"])
        ]
        robots = {
            user["id"]
            for user in self.where("user", robot=True)
            if user["username"].startswith(prefix) and not any(may_own(claimant, user) for claimant in claimants)
        }
        self.delete_accounts(robots | {namespace_id})
        self.namespaces += 1

    def delete_accounts(self, ids):
        teams = self.ids_by("team", "organization_id", ids)
        for table in ("teammember", "teammemberinvite", "teamsync"):
            self.delete_by(table, "team_id", teams)
        for table, column in (("permissionprototype", "delegate_team_id"), ("repositorypermission", "team_id")):
            self.clear(table, column, teams)
        applications = self.ids_by("oauthapplication", "organization_id", ids)
        for table in ("oauthassignedtoken", "oauthaccesstoken", "oauthauthorizationcode"):
            self.delete_by(table, "application_id", applications)
        self.delete_by("quotalimits", "quota_id", self.ids_by("userorganizationquota", "namespace_id", ids))
        self.clear("repositorybuild", "trigger_id", self.ids_by("repositorybuildtrigger", "connected_user_id", ids))
        for table, column in OF_ACCOUNT:
            self.delete_by(table, column, ids)
        for table, column in (
            ("servicekeyapproval", "approver_id"),
            ("repositorybuild", "pull_robot_id"),
            ("repositorybuildtrigger", "pull_robot_id"),
        ):
            self.clear(table, column, ids)
        self.delete_by("user", "id", ids)

    def ids_by(self, table, column, ids):
        return {row["id"] for row in self.tables[table].values() if row[column] in ids}

    def delete_by(self, table, column, ids):
        self.delete(table, [row for row in self.tables[table].values() if row[column] in ids])

    def clear(self, table, column, ids):
        for row in self.tables[table].values():
            if row[column] in ids:
                row[column] = None

    def result(self):
        return {
            "tables": {name: sorted(rows.values(), key=lambda row: row["id"]) for name, rows in self.tables.items()},
            "files": sorted(self.files),
            "counted": {table: rows for table, rows in self.counted.items() if rows},
            "blobs": self.blobs,
            "repositories": self.repositories,
            "namespaces": self.namespaces,
        }


def subtract(totals, size):
    for total in totals:
        if total["backfill_complete"]:
            total["size_bytes"] -= size


def may_own(account, robot):
    """Whether the robot may have been made by the account: later, by its id or by its date."""
    dates = (account["creation_date"], robot["creation_date"])
    return account["id"] < robot["id"] or (None not in dates and dates[0] <= dates[1])


def path_of(storage):
    if not storage["cas_path"]:
        return f"sharedimages/{storage['uuid']}/layer"
    digest = storage["content_checksum"].removeprefix("sha256:")
    return f"sha256/{digest[:2]}/{digest}"


def to_ms(text):
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc).timestamp() * 1000


def main():
    for line in sys.stdin:
        case = json.loads(line)
        collector = Collector(case)
        getattr(collector, case["work"])(case["id"])
        print(json.dumps(collector.result()), flush=True)


if __name__ == "__main__":
    main()
