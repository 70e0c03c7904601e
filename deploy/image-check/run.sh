#!/usr/bin/env bash
# Builds the three images and runs the whole platform from them with podman-compose, without a
# container daemon and without a registry: `make image-check`.
#
# The base image is PYTHON_IMAGE if that is set, else a stand-in: a Debian made by debootstrap with
# its Python 3.13. PostgreSQL likewise. Loads the demo city through the images and compares the
# coverage with that of processes on this machine.
set -euo pipefail
cd "$(dirname "$0")/../.."

for tool in buildah podman runc debootstrap; do
  command -v "$tool" >/dev/null || {
    echo "image-check skipped: $tool is missing (Debian: apt-get install buildah podman runc debootstrap)"
    exit 0
  }
done
[ "$(id -u)" = 0 ] || { echo "image-check skipped: it needs root, to make a base image"; exit 0; }

work=${IMAGE_CHECK_DIR:-/var/tmp/image-check}
storage=(--storage-driver vfs --root "$work/storage" --runroot "$work/run")
mkdir -p "$work"
say() { echo "[$(date +%T)] $*"; }

# --- base images ----------------------------------------------------------------------------------
python_image=${PYTHON_IMAGE:-localhost/python-standin:3.13}
if [ -z "${PYTHON_IMAGE:-}" ] && ! podman "${storage[@]}" image exists "$python_image" 2>/dev/null; then
  say "base: a stand-in by debootstrap (set PYTHON_IMAGE to use another)"
  rm -rf "$work/root"
  debootstrap --variant=minbase --include=python3,python3-venv,ca-certificates \
    trixie "$work/root" >"$work/debootstrap.log"
  tar -C "$work/root" -cf - . | podman "${storage[@]}" import -q - "$python_image" >/dev/null
  rm -rf "$work/root"
fi

# --- build ----------------------------------------------------------------------------------------
build() { # name dockerfile [arguments]
  local name=$1 file=$2
  shift 2
  say "build $name"
  buildah "${storage[@]}" bud --isolation chroot --network host --layers=false -f "$file" "$@" \
    -t "localhost/$name:check" . \
    >"$work/build-$name.log" 2>&1 || { tail -30 "$work/build-$name.log" >&2; exit 1; }
}
build postgres deploy/image-check/postgres.Dockerfile --ignorefile /dev/null \
  --build-arg "BASE=$python_image"
for service in registry-api jurisdiction-router metrics; do
  # with the certificates of this machine, for those behind a proxy that opens TLS
  build "$service" deploy/Dockerfile --ignorefile .dockerignore --build-arg "SERVICE=$service" \
    -v /etc/ssl/certs:/etc/ssl/certs:ro \
    --build-arg "PYTHON_IMAGE=$python_image" --build-arg "COMMIT=$(git rev-parse HEAD)"
done
podman "${storage[@]}" images --format '{{.Repository}} {{.Size}}' --filter reference='localhost/*'

# --- run, load, compare ---------------------------------------------------------------------------
export IMAGE_CHECK_DIR=$work
exec .venv/bin/python deploy/image-check/check.py
