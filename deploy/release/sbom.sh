#!/usr/bin/env bash
# A bill of materials (CycloneDX 1.6, JSON) of what an image holds in /app: the same packages from
# the same lock file, in an environment made for the purpose.
# Usage: sbom.sh <uv> <package> <file>
set -euo pipefail
uv=$1 package=$2 file=$3
here=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$here"
UV_PROJECT_ENVIRONMENT=$work/app "$uv" sync --frozen --no-dev --no-editable --quiet --package "$package"
"$uv" run --isolated --frozen --group deploy --quiet cyclonedx-py environment \
  --output-reproducible --spec-version 1.6 --pyproject "services/${package%-api}/pyproject.toml" \
  --output-file "$file" "$work/app" 2>/dev/null ||
  "$uv" run --isolated --frozen --group deploy --quiet cyclonedx-py environment \
    --output-reproducible --spec-version 1.6 --output-file "$file" "$work/app"
echo "$file"
