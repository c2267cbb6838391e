#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Each public header compiles alone as C11 and as C++17, each private one alone as C11; gcc, clang.
set -eu
compile() # compiler language standard header
{
	printf '#include "%s"\n' "$4" | "$1" -x "$2" -std="$3" -fsyntax-only -Iinclude -Isrc -I. \
		-Wall -Wextra -Wpedantic -Wundef -Wshadow -Wconversion -Werror -
}
n=0
for header in include/hypmmu/*.h; do
	for compiler in gcc clang; do
		compile "$compiler" c c11 "$header"
		compile "$compiler" c++ c++17 "$header"
		n=$((n + 2))
	done
done
for header in src/*.h; do
	for compiler in gcc clang; do
		compile "$compiler" c c11 "$header"
		n=$((n + 1))
	done
done
test "$n" -gt 8
echo "$n compiled"
