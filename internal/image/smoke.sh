#!/usr/bin/env bash
# Shows that the image's file tree and its binary run: in a container where an engine
# answers, else by the Dockerfile's steps on a plain directory tree, which cannot
# show the base image itself.
set -euo pipefail
version=${1:?version}

# Wrong settings are told with exit code 78, so the binary has run to its end.
refuses() {
    local code=0
    "$@" once >/dev/null 2>&1 || code=$?
    [ "$code" = 78 ] || { echo "image-smoke: exit code $code without settings, want 78" >&2; exit 1; }
}

if docker info >/dev/null 2>&1; then
    run=(docker run --rm --read-only --cap-drop ALL --security-opt no-new-privileges "syncer:$version")
    "${run[@]}" --version | grep -F "$version"
    refuses "${run[@]}"
    echo "image-smoke: the image syncer:$version ran in a container, with a read-only root"
    exit
fi

tree=$(mktemp -d)
trap 'chmod -R u+w "$tree"; rm -rf "$tree"' EXIT
for arch in amd64 arm64; do
    mkdir -p "$tree/$arch/usr/local/bin"
    CGO_ENABLED=0 GOOS=linux GOARCH=$arch go build -trimpath -ldflags "-s -w -X main.version=$version" \
        -o "$tree/$arch/usr/local/bin/syncer" ./cmd/syncer
    if go version -m "$tree/$arch/usr/local/bin/syncer" | grep -q 'CGO_ENABLED=1' ||
        readelf -l "$tree/$arch/usr/local/bin/syncer" | grep -q INTERP; then
        echo "image-smoke: the binary for $arch is not static" >&2
        exit 1
    fi
    [ "$(find "$tree/$arch" -type f | wc -l)" = 1 ] || { echo "image-smoke: more than the binary in the tree" >&2; exit 1; }
done
chmod -R a-w,a+rX "$tree"
own=$tree/$(go env GOHOSTARCH)
run=(env -i "$own/usr/local/bin/syncer")
how="with an empty environment"
if [ "$(id -u)" = 0 ] && chroot --userspec=65532:65532 "$own" /usr/local/bin/syncer --version >/dev/null 2>&1; then
    run=(env -i "$(command -v chroot)" --userspec=65532:65532 "$own" /usr/local/bin/syncer)
    how="as user 65532, in a root that holds nothing else and cannot be written"
fi
"${run[@]}" --version | grep -F "$version"
refuses "${run[@]}"
echo "image-smoke: no container engine answers; the binary for $(go env GOHOSTARCH) ran from a plain directory tree, $how"
