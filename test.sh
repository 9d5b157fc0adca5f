#!/usr/bin/env bash
# Installs what the tests need, builds once and runs every suite. The last line is "N passed, N failed, N skipped".
#   ./test.sh                 all
#   ./test.sh Core Web        only these suites (tests/Kodama.Core.Tests, src/Kodama.Web, clients/js, ...), and what they need
#   ./test.sh --list          their names
#   ./test.sh --native        only suites that start kodama as a program, which is then the native binary
#   ./test.sh --no-install    takes the machine as it is
# CONFIGURATION (default Release) chooses the build; HANG_TIMEOUT (default 5m) ends a test that hangs.
set -uo pipefail
cd "$(dirname "$0")" || exit 1

configuration=${CONFIGURATION:-Release}
hang_timeout=${HANG_TIMEOUT:-5m}
results=artifacts/test-results
install=yes
names=()
for argument in "$@"; do
  case $argument in
    --list) list=yes ;;
    --no-install) install=no ;;
    --native) native=yes ;;
    -h | --help) sed -n '2,8s/^# \{0,1\}//p' "$0"; exit 0 ;;
    -*) echo "test.sh: unknown option $argument; see ./test.sh --help" >&2; exit 2 ;;
    *) names+=("$argument") ;;
  esac
done

# Suites are found, not listed: a new project cannot be forgotten.
dotnet_suites=$(find tests -name 'Kodama.*.Tests.csproj' -not -path '*/obj/*' | sort)
npm_suites=$(find src tests clients docs -name package.json -not -path '*/node_modules/*' -exec grep -l '"test"' {} + |
  xargs -r -n1 dirname | sort)
suite_name() { basename "$1" .csproj | sed 's/^Kodama\.//; s/\.Tests$//'; }
[ -z "${native:-}" ] || [ ${#names[@]} -gt 0 ] || names=(Cli Clients Hostile Network Samples js pusher)
wanted() {
  [ ${#names[@]} -eq 0 ] && return 0
  local name
  for name in "${names[@]}"; do [ "${name,,}" = "${1,,}" ] && return 0; done
  return 1
}
for name in "${names[@]}"; do
  for suite in $dotnet_suites $npm_suites; do
    [ "$(suite_name "$suite")" = "$name" ] && continue 2
    [ "$(suite_name "$suite" | tr '[:upper:]' '[:lower:]')" = "${name,,}" ] && continue 2
  done
  there=$(for suite in $dotnet_suites $npm_suites; do suite_name "$suite"; done | tr '\n' ' ')
  echo "test.sh: no suite is called $name; there are: $there" >&2
  exit 2
done
if [ "${list:-}" = yes ]; then
  for suite in $dotnet_suites $npm_suites; do suite_name "$suite"; done
  exit 0
fi

passed=0 failed=0 skipped=0 broken=0
compiler=kodama-test-$$
# The compiler of this run would wait for more to do.
trap 'pkill -f "pipename:$compiler"' EXIT
finish() {
  echo "$passed passed, $failed failed, $skipped skipped"
  [ "$failed" -eq 0 ] && [ "$broken" -eq 0 ]
  exit
}
give_up() { echo "test.sh: $1" >&2; broken=1; finish; }

need() {
  command -v "$1" >/dev/null || give_up "$1 is missing: $2"
}

# What a suite needs beside its own build and packages stands in its folder, in a file called needs, a line each: "debian PACKAGE",
# "npm FOLDER", "build PROJECT".
needed() {
  local suite
  for suite in "${suites[@]}"; do
    [ -f "$suite/needs" ] && sed -n "s/^$1 //p" "$suite/needs"
  done | sort -u
}

# What the tests of real clients and of real networks use. Without the right to install, their tests say what is missing.
install_packages() {
  local missing=() package
  command -v dpkg-query >/dev/null || return
  for package in $(needed debian) ${native:+clang zlib1g-dev}; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q ' installed$' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  local as_root=""
  if [ "$(id -u)" -ne 0 ]; then
    sudo -n true 2>/dev/null || { echo "test.sh: missing ${missing[*]}, and no right to install them" >&2; return; }
    as_root="sudo -n"
  fi
  echo "Installing ${missing[*]}"
  {
    $as_root apt-get update -qq &&
      DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends "${missing[@]}"
  } </dev/null >/dev/null || echo "test.sh: could not install ${missing[*]}" >&2
}

need dotnet "install the .NET 10 SDK"
dotnet --list-sdks | grep -q '^10\.' || give_up "the .NET 10 SDK is missing; there are: $(dotnet --list-sdks | cut -d' ' -f1 | tr '\n' ' ')"
need node "install Node.js 20 or newer"
need npm "install npm"

suites=()
for suite in $(for project in $dotnet_suites; do dirname "$project"; done) $npm_suites; do
  wanted "$(suite_name "$suite")" && suites+=("$suite")
done
[ "$install" = no ] || install_packages

rm -rf "$results"
mkdir -p "$results"

for package in $(for suite in "${suites[@]}"; do [ -f "$suite/package-lock.json" ] && echo "$suite"; done) $(needed npm); do
  # npm writes this file last; Kodama.Server's build, which embeds the console, looks at the same.
  [ "$package/node_modules/.package-lock.json" -nt "$package/package-lock.json" ] && continue
  echo "npm ci in $package"
  (cd "$package" && npm ci --no-audit --no-fund --loglevel=error </dev/null && touch node_modules/.package-lock.json) ||
    give_up "npm ci failed in $package"
done

LC_ALL=C.UTF-8 git grep -nIE '^.{141,}' -- . ':!*package-lock.json' ':!bench/results' && give_up "lines of more than 140 characters"

projects=(Kodama.slnx)
[ ${#names[@]} -eq 0 ] || mapfile -t projects < <(for suite in "${suites[@]}"; do ls "$suite"/*.csproj 2>/dev/null; done; needed build)
for project in "${projects[@]}"; do
  echo "Building $project ($configuration)"
  dotnet build "$project" -c "$configuration" --nologo -v quiet -clp:NoSummary \
    -p:UseSharedCompilation=true -p:SharedCompilationId="$compiler" </dev/null || give_up "the build failed"
done

if [ -n "${native:-}" ]; then
  echo "Publishing the native binary"
  dotnet publish src/Kodama.Cli -c Release -p:PublishAot=true -o artifacts/native --ucr --nologo -v quiet -clp:NoSummary </dev/null ||
    give_up "the native binary could not be made"
  KODAMA_NATIVE=$PWD/artifacts/native/kodama KODAMA_DOTNET=$(command -v dotnet)
  export KODAMA_NATIVE KODAMA_DOTNET PATH=$PWD/tests/native:$PATH
fi

# count NAME PASSED FAILED SKIPPED EXIT_CODE LOG
count() {
  local note=""
  if [ $(($2 + $3)) -eq 0 ]; then note="  <- ran no test"; broken=1; fi
  if [ "$5" -ne 0 ] && [ "$3" -eq 0 ]; then note="  <- exit code $5, see $6"; broken=1; fi
  passed=$((passed + $2)) failed=$((failed + $3)) skipped=$((skipped + $4))
  [ -z "$note" ] && [ "$3" -eq 0 ] || tail -n 80 "$6"
  printf '%-24s %6d passed %4d failed %4d skipped%s\n' "$1" "$2" "$3" "$4" "$note"
}

add_up() { grep -o '[0-9]*' | awk '{ n += $1 } END { print n + 0 }'; }

# The sum of an attribute over all counters of the suite's trx files.
trx() { cat "$results/$1"/*.trx 2>/dev/null | grep -o '<Counters [^>]*' | grep -o " $2=\"[0-9]*\"" | add_up; }

for project in $dotnet_suites; do
  name=$(suite_name "$project")
  wanted "$name" || continue
  log=$results/$name.log
  dotnet test "$project" -c "$configuration" --no-build --nologo --logger trx --results-directory "$results/$name" \
    --blame-hang --blame-hang-timeout "$hang_timeout" --blame-hang-dump-type none </dev/null >"$log" 2>&1
  code=$?
  total=$(trx "$name" total) executed=$(trx "$name" executed) good=$(trx "$name" passed)
  count "$name" "$good" $((executed - good)) $((total - executed)) "$code" "$log"
done

for package in $npm_suites; do
  name=$(suite_name "$package")
  wanted "$name" || continue
  log=$results/$name.log
  (cd "$package" && NO_COLOR=1 CI=true timeout "$hang_timeout" npm test </dev/null) >"$log" 2>&1
  code=$?
  # Vitest: "Tests  1 failed | 12 passed | 1 skipped (14)"; node --test: "# pass 12" or, to a terminal, "ℹ pass 12".
  number() { { grep -E '^ *Tests ' "$log" | grep -oE "[0-9]+ $1"; grep -E "^(#|ℹ) $2 [0-9]+" "$log"; } | add_up; }
  count "$name" "$(number passed pass)" "$(number failed fail)" "$(number skipped skipped)" "$code" "$log"
done
finish
