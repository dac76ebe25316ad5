# The service as an image: one stripped binary, glibc and the certificate authorities, run by a fixed, unprivileged user.
#
#   docker build -t passerelle .
#   docker run --rm -p 8080:8080 -e PUBLIC_URL=http://localhost:8080 passerelle demo --bind 0.0.0.0:8080 --dir /data/demo
#
# Neither stage installs a package, so the build needs the crates and the two base images, nothing else; they are arguments so that
# tests/interop/image can put local ones in their place. RUN_IMAGE may be any image with glibc and libgcc (no shell is used).
ARG BUILD_IMAGE=docker.io/library/rust:1.95-bookworm
ARG RUN_IMAGE=docker.io/library/debian:bookworm-slim

FROM ${BUILD_IMAGE} AS build
WORKDIR /src
COPY . .
# postgres-tls is libpq with OpenSSL. Left alone, openssl-sys links the build image's shared libssl, which RUN_IMAGE has not: so its
# static one is named here (the variables mean nothing if the crate builds OpenSSL itself), and the last line holds the promise.
# The caches keep crates and objects from one build to the next, hence the copy out of the cached folder in the same step.
ENV CARGO_INCREMENTAL=0 CARGO_PROFILE_RELEASE_DEBUG=none CARGO_PROFILE_RELEASE_STRIP=symbols
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    OPENSSL_STATIC=1 OPENSSL_INCLUDE_DIR=/usr/include OPENSSL_LIB_DIR="/usr/lib/$(gcc -dumpmachine)" \
    cargo build --release --locked --features postgres-tls --bin passerelle \
 && install -D target/release/passerelle /out/passerelle \
 && mkdir -p /out/data \
 && { ! ldd /out/passerelle | grep -vE 'linux-vdso|ld-linux|lib(c|m|gcc_s)\.so'; }

FROM ${RUN_IMAGE}
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /out/passerelle /usr/local/bin/passerelle
# The embedded database and its master key lie here, when there is no DATABASE_URL to a PostgreSQL.
COPY --from=build --chown=10001:10001 /out/data /data
# OpenSSL is built in and does not know Debian's paths: SSL_CERT_FILE tells it (sslrootcert=system in DATABASE_URL).
ENV DATABASE_URL=sqlite:/data/passerelle.db \
    LOG_FORMAT=json \
    RUST_LOG=info \
    SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
WORKDIR /data
USER 10001:10001
EXPOSE 8080
# SIGTERM: /health/ready turns 503, requests in flight finish.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
    CMD ["passerelle", "health", "--url", "http://127.0.0.1:8080/health/ready"]
ENTRYPOINT ["passerelle"]
CMD ["serve", "--bind", "0.0.0.0:8080"]
