# One image for every process; docker-compose.yml says which one a container runs.
FROM node:26-slim

ENV NODE_ENV=production
WORKDIR /app

# Optional dependencies are the pinned Node and the embedded PostgreSQL: this image is the one, and a cluster has no use for the other.
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --omit=optional --no-audit --no-fund && npm cache clean --force

COPY . .

# Owned by the user below, so that a volume mounted here is writable.
RUN mkdir /var/lib/bantam && chown node:node /var/lib/bantam
ENV BANTAM_DATA_DIR=/var/lib/bantam

USER node
CMD ["node", "gateway/main.ts"]
