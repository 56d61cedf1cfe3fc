#!/bin/sh
# Prints every milestone as a line of tab-separated values, page by page.
#
#   PLUMBLINE_URL   the address, http://127.0.0.1:8080/graphql if not set
#   PLUMBLINE_KEY   the API key, where the server asks for one
#   PLUMBLINE_PAGE  how many milestones to a page, 200 if not set
#
# Exit code 0 when the list is whole; 1 when a page failed, so that nobody takes
# a short list for a whole one. Needs curl and jq.
set -eu
url=${PLUMBLINE_URL:-http://127.0.0.1:8080/graphql}
query='query Milestones($first: Int, $after: String) {
  milestones(first: $first, after: $after) {
    pageInfo { hasNextPage endCursor revisionChanged }
    nodes { id name kind targetDate slipDays finished health { overall } project { name } }
  }
}'

ask() { # ask BODY
  if [ -n "${PLUMBLINE_KEY:-}" ]; then
    # The key goes by standard input, not by the list of processes.
    curl -sS --fail-with-body -H 'Content-Type: application/json' -H @- --data "$1" "$url" <<KEY
Authorization: Bearer $PLUMBLINE_KEY
KEY
  else
    curl -sS --fail-with-body -H 'Content-Type: application/json' --data "$1" "$url"
  fi
}

after=null
while :; do
  body=$(jq -n --arg query "$query" --argjson first "${PLUMBLINE_PAGE:-200}" --argjson after "$after" \
    '{query: $query, variables: {first: $first, after: $after}}')
  answer=$(ask "$body")
  if printf '%s' "$answer" | jq -e '.errors' >/dev/null; then
    printf '%s' "$answer" | jq -r '.errors[] | "\(.extensions.code): \(.message)"' >&2
    exit 1
  fi
  page=$(printf '%s' "$answer" | jq -c '.data.milestones')
  if [ "$(printf '%s' "$page" | jq '.pageInfo.revisionChanged')" = true ]; then
    # The revision the list began with is no longer kept. Nothing is repeated or
    # skipped but what itself moved; who needs one moment for all begins again.
    echo "the portfolio changed while it was read" >&2
  fi
  printf '%s' "$page" | jq -r '.nodes[] | [.id, .name, .kind, .targetDate, .slipDays, .finished, .health.overall, .project.name] | @tsv'
  [ "$(printf '%s' "$page" | jq '.pageInfo.hasNextPage')" = true ] || break
  after=$(printf '%s' "$page" | jq '.pageInfo.endCursor')
done
