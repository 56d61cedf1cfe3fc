#!/bin/sh
# Records measurements of KPIs from a CSV file whose first line names its
# columns: kpi, period, and any of segment, actual, target, projection,
# numerator, denominator, note. An empty cell is not said; cells hold no commas.
#
#   measurements.sh FILE [dry]   dry says what would change, and records nothing
#
#   PLUMBLINE_URL   the address, http://127.0.0.1:8080/graphql if not set
#   PLUMBLINE_KEY   an API key with the role editor, where the server asks for one
#
# Prints what became of each row. Exit code 0 when all of them are recorded, 1
# when none is: the file is one commit. Run twice, it changes nothing the second
# time. Needs curl and jq.
set -eu
url=${PLUMBLINE_URL:-http://127.0.0.1:8080/graphql}
query='mutation Measure($items: [MeasurementInput!]!, $dryRun: Boolean, $token: String) {
  upsertMeasurements(input: {items: $items, dryRun: $dryRun, idempotencyKey: $token}) {
    results { key outcome }
    userErrors { code message field }
  }
}'
body=$(mktemp)
trap 'rm -f "$body"' EXIT
# The idempotency key is the file itself: a request whose answer got lost is
# repeated without doing anything twice.
jq -Rs --arg query "$query" --argjson dry "$([ "${2:-}" = dry ] && echo true || echo false)" --arg token "$(cksum <"$1")" '
  def rows: split("\n") | map(rtrimstr("\r") | select(. != "") | split(","));
  rows | .[0] as $names | .[1:] | map([$names, .] | transpose | map(select(.[1] != "") | {(.[0]): .[1]}) | add)
  | {query: $query, variables: {items: ., dryRun: $dry, token: $token}}' "$1" >"$body"

# The key goes by standard input, not by the list of processes.
answer=$(printf '%s\n' ${PLUMBLINE_KEY:+"Authorization: Bearer $PLUMBLINE_KEY"} |
  curl -sS --fail-with-body --retry 3 -H 'Content-Type: application/json' -H @- --data @"$body" "$url")
if printf '%s' "$answer" | jq -e '.errors' >/dev/null; then
  printf '%s' "$answer" | jq -r '.errors[] | "\(.extensions.code): \(.message)"' >&2
  exit 1
fi
if printf '%s' "$answer" | jq -e '.data.upsertMeasurements.userErrors[0]' >/dev/null; then
  # field is the path: input, items, the row from 0 on, and its column.
  printf '%s' "$answer" | jq -r '.data.upsertMeasurements.userErrors[] |
    (if .field[1] == "items" then "line \((.field[2] | tonumber) + 2) \(.field[3] // "")" else .field[1] end) + ": \(.code): \(.message)"' >&2
  exit 1
fi
printf '%s' "$answer" | jq -r '.data.upsertMeasurements.results[] | [.outcome, .key] | @tsv'
