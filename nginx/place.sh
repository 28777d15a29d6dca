#!/bin/sh
# Writes what differs from place to place, from the variables below, into the folder place/ beside nginx.conf:
#
#     NGINX_BACKENDS='127.0.0.1:8000 127.0.0.1:8001' NGINX_APP=/srv/school/app ./place.sh
#
# The image does so at each start. A certificate is used as soon as it is there.

# shellcheck disable=SC2016 # what begins with $ here is nginx's
set -eu
cd "$(dirname "$0")"

: "${NGINX_LISTEN:=8080}"           # the port, or address:port, for http; several apart by spaces
: "${NGINX_LISTEN_TLS:=8443}"       # the same for https, where there is a certificate
: "${NGINX_BACKENDS:=backend:8000}" # EduSphere's processes or hosts, apart by spaces
: "${NGINX_RESOLVER=}"              # a name server that is asked again and again where they are (nginx 1.27.3 or newer)
: "${NGINX_APP:=/srv/app}"          # the folder of the built app; in development unused
: "${NGINX_VITE=}"                  # where Vite serves the app in development; nothing in production
: "${NGINX_MEDIA:=/data/media}"     # the folder of people's files
: "${NGINX_FILE_LIMIT:=26m}"        # the largest upload: EDUSPHERE_FILE_LIMIT and a little
: "${NGINX_TRUSTED_PROXIES=}"       # addresses or networks in front of this nginx that say who comes, apart by spaces
: "${NGINX_REQUESTS_PER_SECOND:=1000}" # from one address; a whole school can be one
: "${NGINX_REQUESTS_AT_ONCE:=5000}" # so many more when all come at once
: "${NGINX_CONNECTIONS:=10000}"     # of one address
: "${NGINX_CERTIFICATE:=/etc/nginx/certificates/fullchain.pem}"
: "${NGINX_CERTIFICATE_KEY:=/etc/nginx/certificates/privkey.pem}"
: "${NGINX_ACME:=/var/www/acme}"    # where certbot --webroot answers for the certificate
: "${NGINX_ACCESS_LOG:=off}"        # /dev/stdout, or a file
: "${NGINX_TEMPORARY:=/tmp}"        # for what is too large for memory
: "${NGINX_PID:=/tmp/nginx.pid}"
: "${NGINX_USER=}"                  # whom root becomes
: "${NGINX_MODULES:=/usr/lib/nginx/modules}"

mkdir -p place

say() { printf '%s\n' "$@"; }

{
  say "pid $NGINX_PID;"
  [ -z "$NGINX_USER" ] || say "user $NGINX_USER;"
  if [ -f "$NGINX_MODULES/ngx_http_brotli_static_module.so" ]; then
    say "load_module $NGINX_MODULES/ngx_http_brotli_static_module.so;"
  fi
} >place/main.conf

# upstream NAME ADDRESS…
upstream() {
  say "upstream $1 {" '    zone '"$1"' 256k;' '    least_conn;'
  shift
  for address in "$@"; do
    say "    server $address${NGINX_RESOLVER:+ resolve} max_fails=2 fail_timeout=5s;"
  done
  # Shorter than the five seconds after which a backend closes an idle connection.
  say '    keepalive 64;' '    keepalive_timeout 3s;' '}'
}

# listen KIND ADDRESS…
listen() {
  kind=$1
  shift
  for address in "$@"; do say "    listen $address${kind:+ $kind} default_server;"; done
}

# server_with LINE…: the rest of a server block that serves the school.
server_with() {
  printf '    %s\n' "$@"
  say "    limit_req zone=visits burst=$NGINX_REQUESTS_AT_ONCE nodelay;" "    limit_conn visitors $NGINX_CONNECTIONS;"
  say "    set \$app $NGINX_APP;" "    set \$media $NGINX_MEDIA;" "    set \$pages $PWD/pages;"
  say '    include conf.d/school.conf;' '}'
}

{
  [ ! -f "$NGINX_MODULES/ngx_http_brotli_static_module.so" ] || say 'brotli_static on;'
  for kind in client_body proxy fastcgi uwsgi scgi; do
    say "${kind}_temp_path $NGINX_TEMPORARY/$kind;"
  done
  if [ "$NGINX_ACCESS_LOG" = off ]; then say 'access_log off;'; else say "access_log $NGINX_ACCESS_LOG quiet;"; fi

  [ -z "$NGINX_RESOLVER" ] || say "resolver $NGINX_RESOLVER valid=5s;"
  # shellcheck disable=SC2086 # several words are several addresses
  upstream school $NGINX_BACKENDS
  [ -z "$NGINX_VITE" ] || upstream vite "$NGINX_VITE"

  # The last address in X-Forwarded-For that is no trusted proxy's: whatever is further left was written by anybody.
  say 'real_ip_header X-Forwarded-For;' 'real_ip_recursive on;'
  for proxy in $NGINX_TRUSTED_PROXIES; do say "set_real_ip_from $proxy;"; done
  say 'geo $realip_remote_addr $by_trusted_proxy {' '    default 0;'
  for proxy in $NGINX_TRUSTED_PROXIES; do say "    $proxy 1;"; done
  say '}'

  say "limit_req_zone \$visitor zone=visits:10m rate=${NGINX_REQUESTS_PER_SECOND}r/s;"
  say 'limit_conn_zone $visitor zone=visitors:10m;'

  # shellcheck disable=SC2086
  if [ -f "$NGINX_CERTIFICATE" ]; then
    say 'server {'
    listen '' $NGINX_LISTEN
    say '    include conf.d/headers.conf;' '    set $cache no-store;' '    set $policy $page_policy;'
    say "    location /.well-known/acme-challenge/ { root $NGINX_ACME; }"
    say '    location / { return 308 https://$host$request_uri; }' '}'
    say 'server {'
    # Since nginx 1.25.1 a directive of its own; the way of Debian 12's is one that newer ones warn of.
    case $(PATH=$PATH:/usr/sbin nginx -v 2>&1) in
    */1.[0-9].* | */1.1[0-9].* | */1.2[0-4].* | */1.25.0*) listen 'ssl http2' $NGINX_LISTEN_TLS ;;
    *)
      listen ssl $NGINX_LISTEN_TLS
      say '    http2 on;'
      ;;
    esac
    server_with "ssl_certificate $NGINX_CERTIFICATE;" "ssl_certificate_key $NGINX_CERTIFICATE_KEY;" \
      'include conf.d/tls.conf;'
  else
    say 'server {'
    listen '' $NGINX_LISTEN
    server_with "location /.well-known/acme-challenge/ { root $NGINX_ACME; }"
  fi
} >place/http.conf

say "client_max_body_size $NGINX_FILE_LIMIT;" >place/uploads.conf
if [ -n "$NGINX_VITE" ]; then
  say 'include conf.d/app.development.conf;' >place/app.conf
else
  say 'include conf.d/app.production.conf;' >place/app.conf
fi
