# Sourced by the scripts beside it, from the top of the checkout: `. scripts/venv.sh` defines `prepare EXTRAS`.
# It needs Python 3.11 or newer, and git; everything else goes into a virtual environment of its own.

venv=${GITML_VENV:-$PWD/.venv}

die() {
    echo "error: $1" >&2
    echo "hint: $2" >&2
    exit 1
}

# The first Python that is new enough, or nothing.
newest_python() {
    for candidate in "${PYTHON:-}" python3 python3.14 python3.13 python3.12 python3.11 python; do
        [ -n "$candidate" ] || continue
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
            echo "$candidate"
            return
        fi
    done
}

# What an environment was made from; another stamp means another environment.
stamp_of() {
    echo "$(git hash-object --no-filters pyproject.toml) $("$1" -c 'import sys; print(sys.version_info[:2])') $PWD"
}

# prepare EXTRAS: makes the environment, or takes the one that is there when neither pyproject.toml nor this
# checkout's place has changed. An environment with the extra "dev" also serves where none is asked for.
prepare() {
    command -v git >/dev/null 2>&1 || die "git is not installed" "install git 2.30 or newer"
    base=$(newest_python)
    [ -n "$base" ] || die "no Python 3.11 or newer on PATH" "install it, or name it: PYTHON=/path/to/python3 $0"
    stamp=$(stamp_of "$base")
    python=$venv/bin/python
    made=$(cat "$venv/gitml-stamp" 2>/dev/null) || made=
    case "$made" in
        "$stamp dev" | "$stamp $1") [ -x "$python" ] && return ;;
    esac
    echo "Installing into $venv (once) ..." >&2
    "$base" -m venv --clear "$venv" >&2 ||
        die "cannot make a virtual environment in $venv" "install the package python3-venv, or set GITML_VENV to a folder you may write"
    "$python" -m pip install --quiet --disable-pip-version-check --editable ".${1:+[$1]}" >"$venv/pip.log" 2>&1 ||
        die "pip could not install the project: $(grep 'ERROR: ' "$venv/pip.log" | tail -n 1 | sed 's/^ *//')" \
            "see $venv/pip.log; pip needs a package index (PIP_INDEX_URL) or a folder of wheels (PIP_FIND_LINKS)"
    echo "$stamp $1" >"$venv/gitml-stamp"
}
