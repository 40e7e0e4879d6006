# The worker. Debian, because the Temporal SDK's native core needs glibc; the sources run as they are, without a build.
FROM node:24.21.0-bookworm-slim
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates tini \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /cutover
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev
COPY bin bin
COPY domain domain
COPY workflows workflows
COPY activities activities
COPY workers workers
COPY clients clients
# What probes' pods run; the worker puts its text into their Jobs.
COPY deploy/probe deploy/probe
# A volume mounted there is the worker's own: what is in it can move weights when somebody breaks the glass.
RUN install --directory --owner node --group node --mode 700 /var/lib/cutover/capsules
USER node
EXPOSE 9464
# For 1,000 open migrations within 1.5 GB (docs/scale.md). Each of its two heaps, for activities and for workflows, may take as much.
ENV NODE_OPTIONS="--max-old-space-size=400 --max-semi-space-size=16"
# The C library gives freed memory back instead of keeping it for each of twenty threads: of 228 MB kept 83 were in use.
ENV MALLOC_ARENA_MAX=1 MALLOC_TRIM_THRESHOLD_=65536 MALLOC_MMAP_THRESHOLD_=65536
ENV CUTOVER_CAPSULES=/var/lib/cutover/capsules
ENTRYPOINT ["tini", "--", "node", "workers/main.ts"]
