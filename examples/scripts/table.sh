#!/bin/sh
# Keeps a file with a table up to date: projects, milestones, as CSV or JSON.
#
#   table.sh TABLE.FORMAT [FILTER]     table.sh milestones.csv '{"slipDays": {"gt": 0}}'
#
#   PLUMBLINE_SERVER  the server, http://127.0.0.1:8080 if not set
#   PLUMBLINE_KEY     the API key, where the server asks for one
#
# The file is replaced when the whole table is there, and only when it is
# another one than before. Exit code 0 when the file is up to date; otherwise
# the old one stays. Needs curl.
set -eu
file=$1
server=${PLUMBLINE_SERVER:-http://127.0.0.1:8080}
set -- -sS --fail-with-body --compressed --get -o "$file.part" --etag-compare "$file.etag" --etag-save "$file.etag.part" \
  ${2:+--data-urlencode "filter=$2"}
trap 'rm -f "$file.part" "$file.etag.part"' EXIT
[ -e "$file" ] || rm -f "$file.etag"
[ -e "$file.etag" ] || : >"$file.etag"

if [ -n "${PLUMBLINE_KEY:-}" ]; then
  # The key goes by standard input, not by the list of processes.
  status=$(curl "$@" -w '%{http_code}' -H @- "$server/export/$file" <<KEY
Authorization: Bearer $PLUMBLINE_KEY
KEY
  ) || failed=$?
else
  status=$(curl "$@" -w '%{http_code}' "$server/export/$file") || failed=$?
fi
if [ -n "${failed:-}" ]; then
  cat "$file.part" >&2 2>/dev/null || true # a sentence that says why, or a piece of a table
  exit 1
fi
if [ "$status" = 200 ]; then
  mv "$file.part" "$file"
  mv "$file.etag.part" "$file.etag"
fi
