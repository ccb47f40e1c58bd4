# Rasa and its action server. The model is trained while the image is built, so that a container starts with it.
FROM ghcr.io/astral-sh/uv:python3.10-bookworm-slim AS packages
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy
WORKDIR /app/nlu
COPY nlu/pyproject.toml nlu/uv.lock ./
RUN uv sync --frozen --no-default-groups

FROM python:3.10-slim-bookworm
RUN useradd --uid 10001 --create-home gongju && mkdir /app && chown gongju /app
WORKDIR /app
ENV PATH=/app/nlu/.venv/bin:$PATH PYTHONUNBUFFERED=1 RASA_TELEMETRY_ENABLED=false
COPY --from=packages /app/nlu/.venv nlu/.venv
COPY config.yml credentials.yml endpoints.yml ./
COPY nlu nlu
COPY actions actions
COPY data data
USER 10001
RUN python -m nlu.train
