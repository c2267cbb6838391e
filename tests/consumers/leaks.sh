#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# usage: leaks.sh add_subdirectory|FetchContent|find_package|make [<tree>]: builds one parent
# project without the library and with it. Whatever differs bears the library's name, or is a fault.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
way=$1 tree=${2:-$here/../..}
tree=$(cd "$tree" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
# shellcheck disable=SC1091 # checked by itself
. "$here/vendor.sh"

upstream=$scratch/upstream project=$scratch/project out=$scratch/out
publish "$tree" "$upstream"
mkdir "$project"
cp -R "$upstream/tests/consumers/leaks/." "$project"
cd "$project"
faults=0 looked_at=0

# Lines of `with` that are not in `without`, or the reverse, but for those that match.
expect_same() # what allowed-lines
{
	looked_at=$((looked_at + $(wc -l <"$scratch/with/$1")))
	sort "$scratch/without/$1" >"$scratch/a"
	sort "$scratch/with/$1" >"$scratch/b"
	diff "$scratch/a" "$scratch/b" | grep '^[<>]' | grep -vE "^> ($2)" >"$scratch/differ" ||
		return 0
	sed "s|^|$way, $1: |" "$scratch/differ"
	faults=$((faults + 1))
}

# The compiler's command for each file, with the library's include directory taken out; and the
# linker's for the parent's own programs.
write_commands() # directory
{
	sed -n 's/^  "command": "//p' "$out/compile_commands.json" |
		sed -E 's, -(I|isystem )[^ ]*/include,,' >"$1/all_commands"
	grep -v '/src/' "$1/all_commands" >"$1/commands"
	grep '/src/' "$1/all_commands" | sed -E 's, -o .*,,' | sort -u >"$1/our_commands" || true
	sed -n '/^build .*: C_EXECUTABLE_LINKER/,/^$/p' "$out/build.ninja" |
		grep -E '^  (FLAGS|LINK_FLAGS|LINK_LIBRARIES) =.*[^ ]' |
		sed -E 's| *-Wl,--whole-archive.*--no-whole-archive||; s| [^ ]*libhypmmu\.a||' |
		grep -v '= *$' >"$1/links"
}

# Facts about the parent's build go to files in $scratch/$1.
build_parent() # name way
{
	facts=$scratch/$1
	mkdir "$facts"
	rm -rf "$out"
	cmake -G Ninja -S . -B "$out" -DWAY="$2" -DCMAKE_PREFIX_PATH="$scratch/prefix" \
		-DCMAKE_C_FLAGS="-O1 -Wall -Wextra -Werror -DPARENT" \
		-DCMAKE_EXPORT_COMPILE_COMMANDS=ON -DCMAKE_INSTALL_PREFIX="$scratch/installed" \
		>"$facts/configure" 2>&1 || fail "$facts/configure"
	cmake --build "$out" >"$facts/build" 2>&1 || fail "$facts/build"
	cmake --install "$out" >"$facts/install"
	cp "$out/before" "$out/after" "$facts"
	grep -E '^[^#/]' "$out/CMakeCache.txt" |
		grep -vE '^(WAY:|CMAKE_NUMBER_OF_MAKEFILES:)' >"$facts/cache"
	cmake --build "$out" --target help | sed 's/: .*//' >"$facts/targets"
	(cd "$out" && ctest -N) | sed 's/Test *#[0-9]*/Test/' >"$facts/tests"
	cat "$out/install_manifest.txt" >"$facts/installed"
	echo >>"$facts/installed"
	nm -g "$out/program" | sed 's/^[0-9a-f ]* //; s/@.*//' >"$facts/symbols"
	write_commands "$facts"
}

fail() # log
{
	cat "$1"
	exit 1
}

# Nothing but the parent's own flags, the language's and the file.
expect_plain_commands()
{
	test "$way" != find_package || return 0
	plain=$(sed -n 's, -o .*test_walk.*,,p' "$scratch/with/commands")
	printf '%s -std=c11\n' "$plain" >"$scratch/plain"
	diff "$scratch/plain" "$scratch/with/our_commands" || faults=$((faults + 1))
}

compare_cmake()
{
	mine='(lib)?hypmmu'
	expect_same after "(HYPMMU|$mine)_|FETCHCONTENT_|__cmake_"
	expect_same cache "(HYPMMU|${mine})_[A-Za-z_]*:|FETCHCONTENT_[A-Z_]*LIBHYPMMU:"
	expect_same targets "(_deps/)?$mine($|[./]|-build/)"
	expect_same tests nothing
	expect_same installed nothing
	expect_same commands nothing
	expect_same links nothing
	expect_same symbols "[TRr] (hypmmu|hm)_|U mem(set|cpy)$"
	expect_plain_commands
}

# Rules and variables.
write_database() # name
{
	mkdir "$scratch/$1"
	make -p -n | grep -vE '^(#|$|MAKEFILE_LIST :?=)' >"$scratch/$1/database"
}

case "$way" in
make)
	write_database without
	clone "$upstream" libhypmmu
	write_database with
	expect_same database "HYPMMU_[A-Z0-9_]* |libhypmmu/hypmmu.mk:$"
	;;
add_subdirectory) clone "$upstream" libhypmmu ;;
FetchContent) archive "$upstream" "$project/libhypmmu.tar.gz" ;;
find_package) install_package "$upstream" "$scratch/prefix" >/dev/null ;;
esac
if test "$way" != make; then
	build_parent without none
	build_parent with "$way"
	compare_cmake
fi
echo "$way: $looked_at facts looked at, $faults faults"
test "$faults" = 0
