#!/usr/bin/env bash
# Fetches the third-party files of the console from npm, as they are published,
# and fails when they are not the ones whose sums are kept here.
set -euo pipefail
cd "$(dirname "$0")/assets"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# unpack PACKAGE VERSION FILE... puts files of a package beside its licence.
unpack() {
	local package=$1 version=$2
	shift 2
	(cd "$work" && tar -xzf "$(npm pack --silent "$package@$version")")
	cp "$work/package/LICENSE" "$package.LICENSE"
	local file
	for file in "$@"; do
		cp "$work/package/$file" "$(basename "$file")"
	done
	rm -r "$work/package"
}

unpack react 18.2.0 umd/react.production.min.js
unpack react-dom 18.2.0 umd/react-dom.production.min.js
unpack graphiql 4.1.2 graphiql.min.js graphiql.min.css

if [ "${1-}" = --update-sums ]; then
	sha256sum -- *.js *.css *.LICENSE >SHA256SUMS
fi
sha256sum --check --quiet SHA256SUMS
