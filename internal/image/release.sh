#!/usr/bin/env bash
# Builds dist/: an archive a platform and their checksums. The same commit gives the
# same bytes: no path of the builder, no time but the commit's, one order of files.
set -euo pipefail
version=${1:?version}
time=$(git log -1 --format=%ct)
rm -rf dist
mkdir -p dist
for platform in linux/amd64 linux/arm64 darwin/amd64 darwin/arm64; do
    name=syncer_${version}_${platform/\//_}
    stage=$(mktemp -d)
    CGO_ENABLED=0 GOOS=${platform%/*} GOARCH=${platform#*/} go build -trimpath -buildvcs=false \
        -ldflags "-s -w -X main.version=$version" -o "$stage/$name/syncer" ./cmd/syncer
    cp README.md LICENSE CHANGELOG.md "$stage/$name/"
    tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$time" -C "$stage" -cf - "$name" | gzip -9n >"dist/$name.tar.gz"
    rm -rf "$stage"
done
go tool -modfile=internal/tools/go.mod cyclonedx-gomod app -json -licenses=false -noserial -notimestamp -main cmd/syncer -output "dist/syncer_$version.cdx.json" .
(cd dist && sha256sum -- * >SHA256SUMS)
ls -l dist
