# syntax=docker/dockerfile:1
# The production image: one static binary, CA certificates, nothing else. Time zones
# are in the binary (time/tzdata). The embedded ClickHouse is not in it.
#
# The bases are pinned by version. Whoever builds for production pins them by digest
# as well (docker buildx imagetools inspect IMAGE shows it): this file was written
# where no registry answers, and a digest nobody looked up would be a lie.
FROM --platform=$BUILDPLATFORM golang:1.26.8-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY . .
ARG VERSION=dev TARGETOS=linux TARGETARCH=amd64
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH \
    go build -trimpath -ldflags "-s -w -X main.version=$VERSION" -o /out/syncer ./cmd/syncer

# Distroless static: CA certificates, /etc/passwd with nonroot (65532), no shell.
FROM gcr.io/distroless/static-debian12:nonroot
ARG VERSION=dev
LABEL org.opencontainers.image.title="syncer" \
      org.opencontainers.image.description="Mirrors Xvid AutoGraph backtraces into ClickHouse" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version=$VERSION
COPY --from=build /out/syncer /usr/local/bin/syncer
USER 65532:65532
ENTRYPOINT ["/usr/local/bin/syncer"]
CMD ["once"]
