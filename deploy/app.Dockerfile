# The app processes: bot, backend, worker. One image, several commands.
FROM node:22-alpine AS web
WORKDIR /web
COPY deploy/web/package.json deploy/web/package-lock.json deploy/web/.npmrc ./
RUN npm ci --ignore-scripts --omit=dev

FROM ghcr.io/astral-sh/uv:python3.11-bookworm-slim AS packages
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy
WORKDIR /app
COPY pyproject.toml uv.lock ./
RUN uv sync --frozen --no-default-groups

FROM python:3.11-slim-bookworm
RUN useradd --uid 10001 --no-create-home gongju
WORKDIR /app
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
COPY --from=packages /app/.venv .venv
COPY --from=web /web/node_modules deploy/web/node_modules
COPY runtime runtime
COPY wechat wechat
COPY bot bot
COPY backend backend
# The dialogue's sentences, which operators edit in the console.
COPY data/domain data/domain
USER 10001
