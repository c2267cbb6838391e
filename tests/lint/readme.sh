#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The README's example is, line by line, the one that the demo compiles and boots.
set -eu
shown=$(mktemp)
trap 'rm -f "$shown"' EXIT
# shellcheck disable=SC2016 # a code fence, nothing to expand
sed -n '/^```c$/,/^```$/p' README.md | sed '1d;$d' >"$shown"
tail -n +3 examples/first/first.c | diff - "$shown"
echo "README.md shows examples/first/first.c, $(wc -l <"$shown") lines"
