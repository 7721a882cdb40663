#!/bin/sh
# Builds the examples named, or all of them. One whose compiler is not on this machine is skipped with a word.
set -u
cd "$(dirname "$0")"
[ $# -gt 0 ] || set -- $(ls */build.sh | sed 's|/build.sh||')

failed=0
for name; do
  echo "== $name"
  "./$name/build.sh"
  case $? in
    0) ;;
    3) echo "skipped: see the line above" ;;
    *) echo "failed"; failed=1 ;;
  esac
done
exit $failed
