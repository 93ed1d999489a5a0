# The workspace as it is: Node runs TypeScript itself, but not below node_modules, so nothing is built or deployed.
# Same version as in package.json.
ARG NODE_IMAGE=node:26.12.1-slim

FROM ${NODE_IMAGE} AS workspace
RUN npm install --global pnpm@12.21.0
ENV CI=true
# Into pnpm's store: what is downloaded depends on the lockfile alone. Nothing optional, as the Node for bare machines is.
WORKDIR /fetch
COPY pnpm-lock.yaml pnpm-workspace.yaml ./
RUN pnpm fetch --prod --config.optional=false
WORKDIR /app
COPY . .

FROM workspace AS app-files
RUN pnpm install --offline --frozen-lockfile --prod --config.optional=false --filter '@migrator/api...' --filter '@migrator/worker...'

# The API and, with the command that docker-compose.yml has, a worker. The files are root's, the process is not.
FROM ${NODE_IMAGE} AS app
ENV NODE_ENV=production
WORKDIR /app
COPY --from=app-files /app ./
USER node
EXPOSE 5000
STOPSIGNAL SIGTERM
CMD ["node", "apps/api/src/main.ts"]

FROM workspace AS fill-files
RUN pnpm install --offline --frozen-lockfile --prod --config.optional=false --filter '@migrator/devkit...'

# Fills a local Firestore with made-up journals.
FROM ${NODE_IMAGE} AS fill
ENV NODE_ENV=production
WORKDIR /app
COPY --from=fill-files /app ./
USER node
CMD ["node", "packages/devkit/src/fill.ts"]

# What is built by a plain `docker build .`.
FROM app
