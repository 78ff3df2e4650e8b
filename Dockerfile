# syntax=docker/dockerfile:1

# glibc, not Alpine: the embedded engine (chDB) has no musl build.
FROM node:22-bookworm-slim AS build
WORKDIR /app
# Dependencies are a layer of their own: installed again only when the lock file changes.
COPY package.json package-lock.json .npmrc ./
COPY scripts/setup.mjs scripts/
RUN node -e "import('./scripts/setup.mjs').then((setup) => setup.ensureInstalled())"
COPY . .
RUN npm run build && npm prune --omit=dev

FROM node:22-bookworm-slim
# The embedded engine works on libuv's threads, beside the fsync that an answer waits for; 4, the default, would queue.
ENV NODE_ENV=production \
    NODE_OPTIONS=--enable-source-maps \
    UV_THREADPOOL_SIZE=16
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/migrations ./migrations
COPY --from=build /app/libs/encoder/models ./libs/encoder/models
# What `slo suggest` chooses from.
COPY --from=build /app/libs/slo/presets ./libs/slo/presets
# A new volume takes over the owner of the folder it covers.
RUN mkdir data rules && chown node:node data
USER node
VOLUME ["/app/data"]
# 4317: OTLP over gRPC. 4318: OTLP over HTTP. 8080: console and API.
EXPOSE 4317 4318 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.TIDEWATCH_HTTP_PORT || 8080}/health/ready`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/apps/server/src/main.js"]
