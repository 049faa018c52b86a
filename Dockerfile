# storykin with everything it needs but the database: compose.yaml brings a real MongoDB.
#   docker build -t storykin . && docker run --rm storykin portals list
FROM python:3.12.12-slim-bookworm AS build
WORKDIR /source
COPY pyproject.toml README.md LICENSE ./
COPY .ci/locks/image.txt .ci/locks/image.txt
COPY crawler crawler
COPY dedupe dedupe
COPY storage storage
COPY seeds seeds
# Exactly the versions of the lock, and of no file with another hash.
RUN python -m venv /opt/storykin \
    && /opt/storykin/bin/pip install --no-cache-dir --require-hashes -r .ci/locks/image.txt \
    && /opt/storykin/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.12.12-slim-bookworm
RUN useradd --create-home --uid 1000 storykin && install -d -o storykin /data
COPY --from=build /opt/storykin /opt/storykin
ENV PATH=/opt/storykin/bin:$PATH PYTHONUNBUFFERED=1
# glibc gives back what large pages needed, and its threads share one heap: docs/performance.md.
ENV MALLOC_ARENA_MAX=1 MALLOC_MMAP_THRESHOLD_=1048576 MALLOC_TRIM_THRESHOLD_=33554432
USER storykin
WORKDIR /data
# A stop is a clean one: what is under way is stored, leases are given back.
STOPSIGNAL SIGTERM
ENTRYPOINT ["storykin"]
CMD ["schedule"]
