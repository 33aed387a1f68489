#!/bin/sh
# Brings the map of owners from the switch-controller to nginx, and has nginx take it if it is another one.
#
#   fetch-owner-map.sh <URL of the switch-controller> <map file> [option of nginx ...]
#
# Run it every 10 seconds, one at a time, e.g. by a systemd timer: a change of owner reaches nginx within that.
# If the controller is away or its map is not one, the old map stays in force, and the exit code is not 0.
set -eu

url=$1
file=$2
shift 2
new=$file.new
old=$file.old

curl --fail --silent --show-error --noproxy '*' --max-time 5 --max-filesize 4194304 \
    --output "$new" "$url/v1/nginx-map"

# A whole map: a page of somebody else's would stop nginx from starting.
if ! grep -q '^map "\$request_method:\$uri" \$quay_owner {$' "$new" || [ "$(tail -n 1 "$new")" != '}' ]; then
    echo "$url/v1/nginx-map is not a map of owners; the old one stays in force" >&2
    exit 1
fi
if cmp -s "$new" "$file"; then
    exit 0
fi

cp "$file" "$old"
mv "$new" "$file"
if ! nginx "$@" -t -q; then
    mv "$old" "$file"
    echo "nginx refuses the new map; the old one stays in force" >&2
    exit 1
fi
nginx "$@" -s reload
