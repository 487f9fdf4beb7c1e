# syntax=docker/dockerfile:1

FROM rust:1.95-slim-bookworm AS build
# The image brings gcc and libc6-dev, which is all that SQLite, aws-lc and mimalloc are compiled with.
WORKDIR /build
COPY . .
# The caches outlive a change of the source, so only what changed is compiled again; the binary is copied out of them.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/build/target \
    cargo build --release --locked --bin huixin && cp target/release/huixin /huixin

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin huixin \
    && install -d -o huixin -g huixin -m 0750 /data
COPY --from=build /huixin /usr/local/bin/huixin
# /data is the one place that is written to: the root file system may be mounted read-only.
ENV BIND_ADDR=0.0.0.0:8080 DATA_DIR=/data DATABASE_URL=sqlite:///data/huixin.db LOG_FORMAT=json
USER huixin
WORKDIR /data
VOLUME /data
EXPOSE 8080
# probe asks this container's own /readyz; the image has no curl to ask with.
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 CMD ["huixin", "probe"]
ENTRYPOINT ["huixin"]
CMD ["serve"]
