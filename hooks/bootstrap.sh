#!/bin/sh
# Installs gitml where it is missing, on machines that are thrown away after a session (CLAUDE_CODE_REMOTE=true), then
# records what the session holds by then. The hook of a starting session runs this instead of gitml. It prints what that
# would print, gives up waiting after some seconds (the installation goes on by itself), and always ends with 0.
# Written by `gitml init` from [bootstrap] in config.toml.
kind=@KIND@ spec=@SPEC@ wait=@WAIT@ limit=@LIMIT@

exec 2>/dev/null
set +efu
unset IFS
[ "${CLAUDE_CODE_REMOTE-}" = true ] && [ "${GITML-}" != off ] || exit 0
[ "${1-}" = install ] || ! command -v gitml >/dev/null || exec gitml hook claude
cd "${0%/*}/.." && store=$(git rev-parse --git-common-dir) || exit 0
case $store in /*) store=$store/gitml ;; *) store=$PWD/$store/gitml ;; esac
program=$store/program lock=$store/program/lock note=$store/bootstrap
[ ! -e "$store/uninstalled" ] && [ ! -e "$store/paused" ] || exit 0

# Whether what the repository asks for is installed; $bin is then where.
ready() {
  read -r bin <"$store/bin" && [ -x "$bin" ] || return 1
  case $bin in "$program"/*) read -r have <"${bin%/*}/source" && [ "$have" = "$kind $spec" ] ;; esac
}

seconds() { date +%s || echo 0; }

# Whether $2 seconds have passed since $1. Also where there is no clock or no folder any more: the machine is going away.
over() { now=$(date +%s) && [ -d "$program" ] || return 0; [ $((now - $1)) -ge "$2" ]; }

say() { printf '%s\n' "$1" >"$note.$$" && mv -f "$note.$$" "$note"; }

within() {
  if command -v timeout >/dev/null; then timeout -k 5 "$limit" "$@"; else "$@"; fi
}

find_python() {
  for name in python3 python3.14 python3.13 python3.12 python3.11 python; do
    python=$(command -v "$name") && "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || continue
    python=$("$python" -c 'import sys; print(sys.executable)') && return 0
  done
  python=$(uv python find '>=3.11') && [ -n "$python" ]
}

# $1: what, $2: into which folder. Without a virtual environment: making one takes longer than all the rest.
fetch() {
  ! command -v uv >/dev/null || ! within uv pip install -q --python "$python" --target "$2" "$1" || return 0
  if "$python" -P -m pip --version >/dev/null; then
    within "$python" -P -m pip install -q --no-input --disable-pip-version-check --target "$2" "$1"
  else
    within "$python" -P -m venv "$new/pip" &&
      within "$new/pip/bin/python" -P -m pip install -q --no-input --disable-pip-version-check --target "$2" "$1"
  fi
}

unpack() { "$python" -P -m zipfile -e "$spec" "$1"; }

# $1: what fills a folder with packages, $2: the name of what comes of it. Whole or not at all: bin is changed last.
put() {
  new=$program/new.$$
  rm -rf "$new" && mkdir "$new" && "$1" "$new/lib" && [ -f "$new/lib/gitml/__main__.py" ] || { rm -rf "$new"; return 1; }
  rm -rf "$new/pip"
  printf '%s\n' "$kind $spec" >"$new/source"
  cat >"$new/gitml" <<LAUNCHER
#!/bin/sh
'''exec' "$python" "\$0" "\$@"
' '''
import os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from gitml.__main__ import main
main()
LAUNCHER
  chmod 755 "$new/gitml" && rm -rf "$program/$2" && mv "$new" "$program/$2" || return 1
  printf '%s\n' "$program/$2/gitml" >"$store/bin.$$" && mv -f "$store/bin.$$" "$store/bin"
}

from_source() { fetch "$spec" "$1"; }

# A committed wheel works as it lies there, since hooks need no other package; those come second, if they come.
install() {
  find_python || { say 'no Python of version 3.11 or newer was found'; return 1; }
  case $python in *[\"\$\`\\]*) say 'the path of Python holds characters no script can quote'; return 1 ;; esac
  if [ "$kind" = wheel ]; then
    [ -f "$spec" ] || { say 'the wheel that [bootstrap] names is not in this clone'; return 1; }
    put unpack "wheel-$$" || { say 'the wheel that [bootstrap] names could not be unpacked'; return 1; }
  else
    put from_source "full-$$" || { say 'pip could not install what [bootstrap] names'; return 1; }
  fi
  rm -f "$note"
}

complete() {
  [ "$kind" = wheel ] || return 0
  [ -n "$python" ] || find_python || return 0
  put from_source "full-$$" && rm -f "$note" || say 'recording works, but pip could not install what other commands need'
}

# What is neither in use nor being made: of earlier versions, of an installation that was killed.
tidy() {
  for old in "$program"/wheel-* "$program"/full-* "$program"/new.*; do
    case ${bin-} in "$old"/*) ;; *) rm -rf "$old" ;; esac
  done
}

# A lock of a process that is gone, or too old to be of one that works, is nobody's. Two that install at once do no harm.
stale() {
  if read -r owner <"$lock/pid"; then
    kill -0 "$owner" && ! grep -q '^State:[[:space:]]*Z' "/proc/$owner/status" || return 0
  fi
  [ -n "$(find "$lock" -prune -mmin +5)" ]
}

locked() {
  began=$(seconds)
  until mkdir "$lock"; do
    if stale; then rm -rf "$lock" && continue; fi
    ready && return 1
    ! over "$began" $((limit * 2)) || return 1
    sleep 0.2 || sleep 1
  done
  echo $$ >"$lock/pid"
}

hook() {
  printf '%s' "$payload" | "$bin" hook claude >"$said.part"
  # The agent may have ended its turn meanwhile, and nothing else may come: what there is gets into history now.
  [ ! -e "$said.late" ] || printf '%s' "$payload" | sed 's/"SessionStart"/"PreCompact"/' | "$bin" hook claude >/dev/null
}

# What the hook printed is there for who waits for it, once and whole.
tell() {
  [ -z "$told" ] || return 0
  told=1
  mv -f "$said.part" "$said" || : >"$said"
  [ ! -e "$said.late" ] || rm -f "$said" "$said.late"
}

leave() {
  tell
  [ -z "$mine" ] || rm -rf "$lock" "$program/new.$$"
}

if [ "${1-}" = install ]; then
  said=$program/said.$2 payload=$(cat) python='' mine='' told=''
  exec </dev/null
  trap leave EXIT
  trap 'exit 0' HUP INT TERM
  if locked; then
    mine=1
    if ready; then rm -rf "$program"/new.*; else tidy; install; fi  # killed while it completed: that lies there still
  fi
  ! ready || [ -z "$payload" ] || hook
  tell
  case $mine$bin in "1$program"/wheel-*) complete ;; esac
  exit 0
fi

# $1: what is read from stdin there. It outlives this script, and whoever started that, with none of their files.
start() {
  own=''
  ! command -v setsid >/dev/null || own=setsid
  printf '%s' "$1" | $own sh "$PWD/.git-ml/bootstrap.sh" install $$ >/dev/null &
}

umask 077
mkdir -p "$program" || exit 0
if ready; then
  case $bin in "$program"/wheel-*) : >"$program/said.$$.late" && start '' ;; esac
  exec "$bin" hook claude
fi
find "$program" -maxdepth 1 -name 'said.*' -mmin +10 -exec rm -f {} +
said=$program/said.$$
start "$(cat)"
began=$(seconds)
until [ -e "$said" ]; do
  if over "$began" "$wait"; then
    : >"$said.late"
    exit 0
  fi
  sleep 0.1 || sleep 1
done
cat "$said"
rm -f "$said"
exit 0
