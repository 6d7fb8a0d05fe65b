#!/bin/sh
# Brings Temporal's two databases to the schema of this image; again is harmless. SQL_PASSWORD has the password.
set -eu

for database in temporal:temporal temporal_visibility:visibility; do
    schema=/etc/temporal/schema/postgresql/v12/${database##*:}/versioned
    set -- --plugin postgres12 --ep postgres -p 5432 -u temporal --db "${database%%:*}"
    temporal-sql-tool "$@" setup-schema -v 0.0
    temporal-sql-tool "$@" update-schema -d "$schema"
done
