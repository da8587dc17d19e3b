#!/usr/bin/env bash
# Writes countries.csv anew, with its packages in a folder of their own.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$here/package.json" "$work"
cd "$work"
npm install --no-package-lock --ignore-scripts --no-audit --no-fund --loglevel=error
node "$here/generate.mjs" "$here/countries.csv"
