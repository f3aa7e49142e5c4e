# quan: the product-coupon platform. Build: docker build -t quan .
FROM rust:1-bookworm AS build
# AWS-LC, which signs, is built with cmake.
RUN apt-get update && apt-get install --yes --no-install-recommends cmake && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY Cargo.toml Cargo.lock ./
COPY crash crash
COPY crates crates
COPY fixtures fixtures
COPY interop interop
COPY web web
COPY xtask xtask
RUN cargo build --release --locked --package quan

FROM debian:bookworm-slim
RUN apt-get update && apt-get install --yes --no-install-recommends ca-certificates curl && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /var/lib/quan --create-home quan \
    && chmod 0700 /var/lib/quan
COPY --from=build /src/target/release/quan /usr/local/bin/quan
USER 10001
VOLUME /var/lib/quan
# Everything can be given as QUAN_… variables: see docs/reference/configuration.md.
ENV QUAN_LISTEN=0.0.0.0:8686 \
    QUAN_ADMIN_LISTEN=127.0.0.1:8687 \
    QUAN_DATABASE=sqlite:/var/lib/quan/quan.db \
    QUAN_PLATFORM_KEYS=/var/lib/quan/keys \
    QUAN_LOG_FORMAT=json
EXPOSE 8686
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD ["curl", "--fail", "--silent", "http://127.0.0.1:8687/readyz"]
ENTRYPOINT ["/usr/local/bin/quan"]
CMD ["serve"]
