#!/usr/bin/env bash
# A bill of materials (CycloneDX 1.6, JSON) of what an image holds in /app: the same packages from
# the same lock file, in an environment made for the purpose.
# Usage: sbom.sh <uv> <image> <file>
set -euo pipefail
uv=$1 image=$2 file=$(realpath -m "$3")
package=$image
[ "$image" != metrics ] || package=metrics-api
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$(dirname "$file")"
UV_PROJECT_ENVIRONMENT=$work/app "$uv" sync --frozen --no-dev --no-editable --quiet \
  --package "$package"
"$uv" run --isolated --frozen --group deploy --quiet cyclonedx-py environment \
  --output-reproducible --spec-version 1.6 --output-file "$file" "$work/app" 2>/dev/null
echo "$file"
