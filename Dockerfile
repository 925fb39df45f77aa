# One image for the API, the worker, the migrations and the seeder; the first argument says which, `api` without one:
#   docker build -t messaging .
#   docker run --rm --read-only -e DATABASE_URL=... messaging migrate
# Where the build needs the machine's own network: --network=host. Where the package registry asks for a token:
# --secret id=npmrc,src=$HOME/.npmrc, which stays out of the image.

FROM node:24-bookworm-slim AS lists
WORKDIR /app
ENV CI=true
# The lists of packages before the sources: packages are fetched again only when these change.
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml .npmrc ./
COPY apps/api/package.json apps/api/
COPY apps/worker/package.json apps/worker/
COPY apps/console/package.json apps/console/
COPY packages/client/package.json packages/client/
COPY packages/db/package.json packages/db/
COPY packages/shared/package.json packages/shared/
COPY infra/docker/install.sh infra/docker/

# What runs: the production dependencies of the two processes, which embedded PostgreSQL is none of.
FROM lists AS packages
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc \
  --mount=type=cache,id=messaging-pnpm,target=/pnpm-store,sharing=locked \
  sh infra/docker/install.sh --prod

# What builds.
FROM lists AS build
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc \
  --mount=type=cache,id=messaging-pnpm,target=/pnpm-store,sharing=locked \
  sh infra/docker/install.sh
COPY tsconfig.base.json ./
COPY apps apps
COPY packages packages
RUN node_modules/.bin/tsc -b apps/api apps/worker apps/console && node apps/console/build.mjs \
  && find apps packages -not -path '*/node_modules/*' \( -name '*.d.ts' -o -name '*.map' \) -delete

# The Node.js binary alone: npm and corepack would only be something more to keep patched.
FROM debian:bookworm-slim
COPY --from=build /usr/local/bin/node /usr/local/bin/node
WORKDIR /app
# Owned by root: whoever the process runs as can read it, and nobody can change it.
COPY infra/docker/run.mjs infra/docker/
COPY --from=packages /app/node_modules node_modules
COPY --from=packages /app/packages packages
COPY --from=packages /app/apps apps
COPY --from=build /app/packages/db/migrations packages/db/migrations
COPY --from=build /app/packages/db/*.sql packages/db/
COPY --from=build /app/packages/db/dist packages/db/dist
COPY --from=build /app/packages/shared/dist packages/shared/dist
COPY --from=build /app/apps/api/dist apps/api/dist
COPY --from=build /app/apps/worker/dist apps/worker/dist
COPY --from=build /app/apps/console/dist apps/console/dist
# In a container only what is published can be reached. The API still refuses to start without keys, or AUTH=off.
ENV NODE_ENV=production HOST=0.0.0.0 WORKER_HOST=0.0.0.0
USER 1000:1000
EXPOSE 3000 3001
# Of the API. The worker's port is another one: `infra/compose.yaml` has its check.
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT ?? 3000}/livez`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "infra/docker/run.mjs"]
CMD ["api"]
