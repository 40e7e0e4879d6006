#!/bin/sh
# Creates or updates Temporal's two databases; run again it finds nothing to do. The connection comes from SQL_*.
set -eu
for database in temporal visibility; do
  name=temporal
  [ "$database" = visibility ] && name=temporal_visibility
  SQL_DATABASE=$name temporal-sql-tool create
  SQL_DATABASE=$name temporal-sql-tool setup-schema --version 0.0 || true
  SQL_DATABASE=$name temporal-sql-tool update-schema --schema-dir "/etc/temporal/schema/postgresql/v12/$database/versioned"
done
