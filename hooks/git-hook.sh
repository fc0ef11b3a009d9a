# Records of coding agents ride along with commits. This never fails and never prints; GITML=off switches it off.
gitml_hook() (
  set +efu
  unset IFS
  exec 2>/dev/null
  [ "${GITML-}" != off ] || exit 1
  git=${GIT_DIR-} common='' tree=main
  [ -n "$git" ] || { [ -d .git ] && git=.git; } || git=$(git rev-parse --git-dir) || exit 1
  [ -f "$git/commondir" ] && read -r common <"$git/commondir" && tree=${git%/} && tree=${tree##*/}
  [ -z "$common" ] || [ "$tree" != main ] || tree=main~
  case $common in '') common=$git ;; /*) ;; *) common=$git/$common ;; esac
  store=$common/gitml
  [ -d "$store" ] && [ ! -e "$store/paused" ] || exit 1

  any() { for path; do [ -e "$path" ] && return 0; done; return 1; }

  # A commit that failed, or was killed, left its journal.
  left() {
    for ride in "$store/riding/$tree"/*.json; do
      pid=${ride##*/} pid=${pid%%.*}
      [ -e "$ride" ] && [ "$pid" != "$PPID" ] && ! kill -0 "$pid" && return 0
    done
    return 1
  }

  # The spool of a work tree that is gone.
  abandoned() {
    for spool in "$store"/spool/*/; do
      name=${spool%/} name=${name##*/}
      case $name in "$tree" | main) continue ;; esac
      name=${name%\~}
      [ ! -e "$common/worktrees/$name/locked" ] || continue
      at=''
      [ -f "$common/worktrees/$name/gitdir" ] && read -r at <"$common/worktrees/$name/gitdir"
      case $at in '' | /*) ;; *) at=$common/worktrees/$name/$at ;; esac
      [ -n "$at" ] && [ -e "$at" ] && continue
      any "$spool"*/*/*.jsonl && return 0
    done
    return 1
  }

  wanted() {
    [ -n "${CLAUDE_CODE_SESSION_ID-}${CODEX_THREAD_ID-}" ] || any "$store"/commits.pending "$store"/commits.taken ||
      any "$store/spool/$tree"/*/*/*.jsonl || left || abandoned
  }

  # A commit that runs, maybe waits in its editor: where gitml makes commits of its own it must know of it.
  mark() {
    [ -d "$store/committing" ] || return 0
    pid=$PPID at=$PPID  # hook managers stand between, and end before the commit does
    for _ in 1 2 3 4 5 6 7 8; do
      read -r stat <"/proc/$at/stat" || break
      name=${stat#*\(} name=${name%\)*}
      case $name in git | git-*) pid=$at && break ;; esac
      stat=${stat##*\) } stat=${stat#* } at=${stat%% *}
    done
    : >"$store/committing/$tree.$pid"
  }

  # Which commit was just made, on which branch, by which session. Read from files: starting git costs 3 ms.
  note_commit() {
    read -r sha <"$git/HEAD" || exit 0
    branch=-
    case $sha in
      'ref: '*) branch=${sha#ref: } && sha='' && [ -f "$common/$branch" ] && read -r sha <"$common/$branch" ;;
      *) [ -f "$git/rebase-merge/head-name" ] && read -r branch <"$git/rebase-merge/head-name" ;;
    esac
    case $sha in '' | *[!0-9a-f]*) sha=$(git rev-parse -q --verify HEAD) || exit 0 ;; esac
    session=${CLAUDE_CODE_SESSION_ID:-${CODEX_THREAD_ID:--}}
    case $session in *[!A-Za-z0-9_-]*) session=- ;; esac
    printf 'made %s %s %s %s\n' "$sha" "${branch#refs/heads/}" "$session" "$tree" >>"$store/commits.pending"
  }

  note_rewrite() {
    while read -r old new rest; do
      case $old$new in '' | *[!0-9a-f]*) continue ;; esac
      printf 'rewritten %s %s\n' "$old" "$new"
    done >>"$store/commits.pending"
  }

  run() {
    bin=$(command -v gitml)  # a relative one would lie in the work tree: husky puts node_modules/.bin on the PATH
    case $bin in /*) ;; *) read -r bin <"$store/bin" ;; esac
    case $bin in /*) [ -x "$bin" ] || exit 0 ;; *) exit 0 ;; esac
    "$bin" hook git "$@" "$PPID" </dev/null >/dev/null
  }

  case $1 in
    wanted) mark; wanted && exit 0 || exit 1 ;;
    pre-commit) run pre-commit ;;
    post-commit)
      [ -e "$store/commits.off" ] || note_commit
      if any "$store/riding/$tree"/*.partial.json || left; then run post-commit; fi ;;
    post-rewrite)
      [ -e "$store/commits.off" ] || note_rewrite
      if left; then run post-rewrite; fi ;;
    *) if left; then run "$1"; fi ;;
  esac
  exit 0
)
case @NAME@ in
  pre-commit)
    # The rest of this hook runs first, in a process of its own: what it stashes or fails is over before gitml stages.
    if [ "${GITML_OUTER-}" != "$PPID" ] && gitml_hook wanted; then
      gitml_shell=sh
      [ -z "${BASH_VERSION-}" ] || gitml_shell=bash
      [ -z "${ZSH_VERSION-}" ] || gitml_shell=zsh
      case $- in
        *e*) GITML_OUTER=$$ "$gitml_shell" -e "$0" "$@" || exit $? ;;
        *) if [ -x "$0" ]; then GITML_OUTER=$$ "$0" "$@"; else GITML_OUTER=$$ "$gitml_shell" "$0" "$@"; fi || exit $? ;;
      esac
      gitml_hook pre-commit || :
      exit 0
    fi
    unset GITML_OUTER ;;
  post-rewrite)
    # What git says on stdin is for the rest of this hook as well.
    gitml_input=$(cat) || :
    printf '%s\n' "$gitml_input" | gitml_hook post-rewrite || :
    exec <<GITML_INPUT
$gitml_input
GITML_INPUT
    unset gitml_input ;;
  *) gitml_hook @NAME@ || : ;;
esac
unset -f gitml_hook
