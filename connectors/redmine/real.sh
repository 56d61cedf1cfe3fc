#!/usr/bin/env bash
# Runs the tests that want a real Redmine: installs Debian's if it is missing
# and can be installed, starts it on loopback with a database of its own that
# is thrown away, and says that it skips where there is none to be had.
set -euo pipefail
cd "$(dirname "$0")"
redmine=/usr/share/redmine

skip() {
	echo "test-redmine is skipped: $1" >&2
	exit 0
}

if [ ! -f "$redmine/config/application.rb" ] || ! command -v puma > /dev/null; then
	command -v apt-get > /dev/null || skip "Redmine is not installed, and this is no Debian"
	[ "$(id -u)" = 0 ] || skip "Redmine is not installed, and only root may install it"
	export DEBIAN_FRONTEND=noninteractive
	{ apt-get update -qq && apt-get install -y -qq --no-install-recommends redmine redmine-sqlite puma; } > /dev/null 2>&1 ||
		skip "Debian's packages redmine, redmine-sqlite and puma cannot be installed"
fi

work=$(mktemp -d)
server=
clean() {
	if [ -n "$server" ]; then
		kill "$server" 2> /dev/null || true
		wait "$server" 2> /dev/null || true
	fi
	rm -rf "$work"
}
trap clean EXIT

export RAILS_ENV=production DATABASE_URL="sqlite3:$work/redmine.db" SCHEMA="$work/schema.rb" REDMINE_LANG=en
rails() { (cd "$redmine" && ruby bin/"$@") >> "$work/log" 2>&1 || { tail -30 "$work/log" >&2; echo "Redmine could not be set up" >&2; exit 1; }; }
rails rake db:migrate
rails rake redmine:load_default_data
rails rails runner "
	Setting.rest_api_enabled = '1'
	Setting.cross_project_issue_relations = '1'
	admin = User.find_by_login('admin')
	admin.must_change_passwd = false
	admin.save!
	File.write('$work/key', admin.api_key)
	{ 'issue' => IssueCustomField, 'version' => VersionCustomField }.each do |name, kind|
		field = kind.new(name: \"Day of #{name}\", field_format: 'date', is_for_all: true)
		field.trackers = Tracker.all if name == 'issue'
		field.save!
	end"

puma -b tcp://127.0.0.1:0 -e production --dir "$redmine" > "$work/puma" 2>&1 &
server=$!
for _ in $(seq 1 120); do
	url=$(sed -n 's/.*Listening on \(http:[^ ]*\).*/\1/p' "$work/puma")
	[ -z "$url" ] || break
	kill -0 "$server" 2> /dev/null || break
	sleep 0.5
done
if [ -z "$url" ]; then
	cat "$work/puma" >&2
	echo "Redmine did not start" >&2
	exit 1
fi
PLUMBLINE_REDMINE_URL=$url PLUMBLINE_REDMINE_KEY=$(cat "$work/key") "${GO:-go}" test -count=1 -v -run Real .
