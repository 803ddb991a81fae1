FROM python:3.11-slim-bookworm

RUN apt-get update && apt-get install --yes --no-install-recommends make libarchive-tools && rm -rf /var/lib/apt/lists/*
RUN useradd --uid 10001 --create-home baosong && install --directory --owner=baosong /app /data
USER baosong
WORKDIR /app

COPY --chown=baosong Makefile requirements.lock ./
RUN make runtime
COPY --chown=baosong . .

# config.toml, the secrets and the archive all lie in the one volume.
ENV BAOSONG_CONFIG=/data/config.toml
VOLUME /data

# Once an hour: `check` logs in to the mailbox, and providers throttle those who do so often.
HEALTHCHECK --interval=1h --timeout=2m --start-period=1m CMD [".venv/bin/python", "service.py", "check"]
CMD [".venv/bin/python", "service.py", "run"]
