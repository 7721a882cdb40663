# Sourced by the build.sh of every example: `need` its compilers, build, `record` what was built from what.
# PATH gets the tools of this project first: its Node writes the record, its wasm-opt is run by clang.
PATH="$PWD/../../node_modules/.bin:$PATH"
used=''

# need TOOL...: ends the build with code 3 when one is not on the PATH; their versions go into build.json.
need() {
  for tool; do
    command -v "$tool" > /dev/null || { echo "needs $tool, which is not on the PATH" >&2; exit 3; }
    case $tool in
      go) version=$(go version) ;;
      *) version=$("$tool" --version) ;;
    esac
    # The first line only.
    used="$used$tool: ${version%%
*}
"
  done
}

# from_npm PACKAGE@VERSION TOOL ARGUMENT...: runs a tool of exactly this version, fetched by npx where it is not there yet.
from_npm() {
  package=$1
  shift
  npx --yes --package "$package" "$@"
  used="$used$package
"
}

# record MODULE: writes build.json, which says from which sources and with which tools this module was built.
record() {
  chmod 644 "$1"
  node ../record.ts "$1" "$used"
}
