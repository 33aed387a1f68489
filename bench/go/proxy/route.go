package main

import "strings"

const (
	fetchByTag    = "v2.fetch_manifest_by_tagname"
	fetchByDigest = "v2.fetch_manifest_by_digest"
	downloadBlob  = "v2.download_blob"
)

// matchRoute gives the `route` label of a request of /v2; empty for one that is not timed. The end of a
// path decides: a repository's name may have any number of segments.
func matchRoute(method, path string) string {
	rest, ok := strings.CutPrefix(path, "/v2/")
	if !ok {
		return ""
	}
	reading := method == "GET" || method == "HEAD"
	repository, last, nested := cutLast(rest)
	if !nested {
		return topRoute(reading, rest)
	}
	repository, kind, nested := cutLast(repository)
	if !nested || repository == "" {
		return ""
	}
	switch kind {
	case "manifests":
		return manifestRoute(method, reading, last)
	case "blobs":
		return blobRoute(method, last)
	case "uploads":
		if name, ok := strings.CutSuffix(repository, "/blobs"); ok && name != "" {
			return uploadRoute(method, reading, last)
		}
	case "referrers":
		if reading && isDigest(last) {
			return "v2.list_manifest_referrers"
		}
	case "tags":
		if reading && last == "list" {
			return "v2.list_all_tags"
		}
	}
	return ""
}

func topRoute(reading bool, name string) string {
	if !reading {
		return ""
	}
	switch name {
	case "":
		return "v2.v2_support_enabled"
	case "_catalog":
		return "v2.catalog_search"
	case "auth":
		return "v2.generate_registry_jwt"
	}
	return ""
}

func manifestRoute(method string, reading bool, reference string) string {
	byDigest := isDigest(reference)
	if !byDigest && !isTag(reference) {
		return ""
	}
	switch {
	case reading && byDigest:
		return fetchByDigest
	case reading:
		return fetchByTag
	case method == "PUT" && byDigest:
		return "v2.write_manifest_by_digest"
	case method == "PUT":
		return "v2.write_manifest_by_tagname"
	case method == "DELETE" && byDigest:
		return "v2.delete_manifest_by_digest"
	case method == "DELETE":
		return "v2.delete_manifest_by_tag"
	}
	return ""
}

func blobRoute(method, digest string) string {
	switch {
	case method == "DELETE" && digest != "":
		return "v2.delete_digest"
	case !isDigest(digest):
		return ""
	case method == "GET":
		return downloadBlob
	case method == "HEAD":
		return "v2.check_blob_exists"
	}
	return ""
}

func uploadRoute(method string, reading bool, id string) string {
	switch {
	case method == "POST" && id == "":
		return "v2.start_blob_upload"
	case id == "":
		return ""
	case reading:
		return "v2.fetch_existing_upload"
	case method == "PATCH":
		return "v2.upload_chunk"
	case method == "PUT":
		return "v2.monolithic_upload_or_last_chunk"
	case method == "DELETE":
		return "v2.cancel_upload"
	}
	return ""
}

func cutLast(path string) (before, last string, found bool) {
	slash := strings.LastIndexByte(path, '/')
	if slash < 0 {
		return "", path, false
	}
	return path[:slash], path[slash+1:], true
}

// isDigest tells whether a segment is `algorithm:hex`.
func isDigest(segment string) bool {
	algorithm, hex, found := strings.Cut(segment, ":")
	if !found || algorithm == "" || hex == "" {
		return false
	}
	for at := range len(hex) {
		if c := hex[at] | 0x20; (hex[at] < '0' || hex[at] > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return isName(algorithm, "_+.-")
}

func isTag(segment string) bool {
	return len(segment) > 0 && len(segment) <= 128 && segment[0] != '.' && segment[0] != '-' && isName(segment, "_.-")
}

// isName tells whether text is of letters, digits and the other characters given.
func isName(text, others string) bool {
	for at := range len(text) {
		c := text[at]
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		if !letter && (c < '0' || c > '9') && strings.IndexByte(others, c) < 0 {
			return false
		}
	}
	return true
}
