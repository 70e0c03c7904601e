#!/bin/sh
# What compose.yaml needs of the official image's entry point: first start, then the server.
set -eu
bin=$(echo /usr/lib/postgresql/*/bin)
data=/var/lib/postgresql/data
as_postgres() { setpriv --reuid postgres --regid postgres --clear-groups "$@"; }
if [ ! -s "$data/PG_VERSION" ]; then
  install -d -o postgres -g postgres -m 0700 "$data"
  # shellcheck disable=SC2086
  as_postgres "$bin/initdb" -D "$data" -U "$POSTGRES_USER" --pwfile="$POSTGRES_PASSWORD_FILE" \
    --auth-local=trust --auth-host=scram-sha-256 ${POSTGRES_INITDB_ARGS:-}
  as_postgres "$bin/pg_ctl" -D "$data" -w \
    -o "-c listen_addresses= -c unix_socket_directories=/tmp" start
  for script in /docker-entrypoint-initdb.d/*.sql; do
    "$bin/psql" -v ON_ERROR_STOP=1 -h /tmp -U "$POSTGRES_USER" -d postgres -f "$script"
  done
  as_postgres "$bin/pg_ctl" -D "$data" -w stop
fi
exec setpriv --reuid postgres --regid postgres --clear-groups "$bin/postgres" -D "$data" \
  -c listen_addresses=127.0.0.1 -p "${PGPORT:-5432}" -c unix_socket_directories=/tmp
