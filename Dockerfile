# Any app:  docker build --build-arg APP=registry-metrics -t quay-observability/registry-metrics .
#
# Where no image can be pulled, NODE_IMAGE names a local one: any Linux (glibc) with Node 24 and npm.
ARG NODE_IMAGE=node:24-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /workspace
COPY . .
# No install scripts: they fetch what only development needs (another Node, a PostgreSQL).
RUN npm ci --ignore-scripts --no-audit --no-fund
ARG APP
RUN test -f "apps/${APP}/package.json" || { echo "--build-arg APP= must name a folder of apps/: $(ls -m apps)" >&2; exit 1; }
RUN node node_modules/@typescript/native/bin/tsc -b "apps/${APP}/tsconfig.lib.json" \
 && node tools/deployable/assemble.mjs "apps/${APP}" /deployable

FROM ${NODE_IMAGE}
ENV NODE_ENV=production \
    LISTEN_HOST=0.0.0.0 LISTEN_PORT=8080 \
    ADMIN_HOST=0.0.0.0 ADMIN_PORT=9100 \
    HEALTH_LISTEN_HOST=0.0.0.0 HEALTH_LISTEN_PORT=8090 \
    SECSCAN_LISTEN_HOST=0.0.0.0 NOTIFICATIONS_LISTEN_HOST=0.0.0.0 \
    SHUTDOWN_DELAY_SECONDS=5
WORKDIR /app
COPY --from=build /deployable ./
# For SWITCH_STATE_DIR: a volume put there begins with this owner.
RUN mkdir -m 0700 /state && chown 10001:10001 /state
# Root owns the files, an unprivileged user runs them.
USER 10001:10001
EXPOSE 8080 8090 9100
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.ADMIN_PORT}/livez`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "main.js"]
