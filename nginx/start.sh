#!/bin/sh
# What the image runs: lays out its place, and serves. A certificate that was renewed is read within a day.

set -eu
cd "$(dirname "$0")"
mkdir -p /tmp/place # where place/ leads: the image itself is not written to
./place.sh
{
  while sleep 86400; do
    ./place.sh && nginx -c "$PWD/nginx.conf" -t -q && kill -HUP "$(cat /tmp/nginx.pid)"
  done
} &
exec nginx -c "$PWD/nginx.conf" -e stderr -g 'daemon off;'
