FROM python:3.11-slim-bookworm

RUN apt-get update && apt-get install --yes --no-install-recommends make ffmpeg libarchive-tools && rm -rf /var/lib/apt/lists/*
RUN useradd --uid 10001 --create-home baosong && install --directory --owner=baosong /app /data
USER baosong
WORKDIR /app

COPY --chown=baosong Makefile requirements.lock ./
RUN make runtime
COPY --chown=baosong . .

# config.toml, the secrets and the archive all lie in the one volume.
ENV BAOSONG_CONFIG=/data/config.toml
VOLUME /data

# `health` asks the running service alone; it logs in nowhere.
HEALTHCHECK --interval=2m --timeout=30s --start-period=5m CMD [".venv/bin/python", "service.py", "health"]
CMD [".venv/bin/python", "service.py", "run"]
