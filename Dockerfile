FROM python:3.11-slim AS build
WORKDIR /src
COPY requirements.lock requirements-dev.lock pyproject.toml README.md LICENSE ./
RUN python -m venv /app && /app/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY bot bot
COPY rules rules
# hatchling is in the development lock: the image's build needs it, the image does not.
RUN python -m venv /build && /build/bin/pip install --no-cache-dir --require-hashes -r requirements-dev.lock \
    && /build/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /wheel . \
    && /app/bin/pip install --no-cache-dir --no-deps /wheel/*.whl

FROM python:3.11-slim
RUN useradd --system --create-home --uid 10001 countersign && mkdir /data && chown countersign /data
COPY --from=build /app /app
USER countersign
ENV PATH=/app/bin:$PATH COUNTERSIGN_DATA=/data PORT=8080
VOLUME /data
EXPOSE 8080
CMD ["countersign", "serve"]
