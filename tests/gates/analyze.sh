#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# analyze.sh gcc|clang-tidy|cppcheck core|backend FILE...: any finding fails. From the top of the
# tree. What is not looked for, and why: .clang-tidy, tests/gates/cppcheck.txt.
set -eu
tool=$1 part=$2
shift 2
flags="-std=c11 -ffreestanding -Iinclude -Isrc"
gcc=gcc target=
if test "$part" = backend; then
	gcc=aarch64-linux-gnu-gcc target=--target=aarch64-none-elf
fi
count=0
for file; do
	count=$((count + 1))
done
test "$count" != 0

# shellcheck disable=SC2086 # lists of words
case $tool in
gcc)
	for file; do
		$gcc $flags -O2 -Wall -Wextra -fanalyzer -Werror -c "$file" -o /dev/null
	done
	;;
clang-tidy)
	clang-tidy --quiet --warnings-as-errors='*' "$@" -- $target $flags
	;;
cppcheck)
	cppcheck --quiet --std=c11 --enable=warning,style,performance,portability --inconclusive \
		--suppressions-list=tests/gates/cppcheck.txt --error-exitcode=1 \
		-UHM_TABLE_DOOR -Iinclude -Isrc "$@"
	;;
*)
	exit 2
	;;
esac
echo "$tool: $count files"
