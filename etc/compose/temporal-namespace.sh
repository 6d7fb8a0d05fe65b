#!/bin/sh
# The namespace and the search attributes that orders are started with; again is harmless.
set -eu

temporal operator namespace describe --namespace default >/dev/null 2>&1 ||
    temporal operator namespace create --namespace default --retention 72h

temporal operator search-attribute create --namespace default \
    --name TenantId --type Keyword \
    --name TaskEnv --type Keyword \
    --name ProjectId --type Keyword \
    --name TaskType --type Keyword \
    --name TaskStatus --type Keyword \
    --name TaskPriority --type Int
