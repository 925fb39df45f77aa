# For the Dockerfile: installs what the two processes need with the pnpm that package.json names, by way of a store that
# both installs and later builds share; `--prod` as an argument leaves out what only a build needs.
# Eight downloads at once: with pnpm's 64 a proxy in between can leave the first ones waiting for a minute.
set -eu
pnpm=$(node -p "require('./package.json').packageManager")
exec npx --yes "$pnpm" install --frozen-lockfile --store-dir /pnpm-store --network-concurrency 8 \
  --filter '@messaging/api...' --filter '@messaging/worker...' "$@"
