#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# From a clone to a result on Debian 12: installs what is missing, by package name, and runs it.
#
#	sh bootstrap.sh demo		the examples at EL2 on QEMU, live changes on two CPUs
#	sh bootstrap.sh check		every test and lint
#	sh bootstrap.sh asan		the tests under the sanitizers
#	sh bootstrap.sh memcheck	the tests under Valgrind
#	sh bootstrap.sh coverage	what the tests run of src/, and whether that is enough
#	sh bootstrap.sh analyze	gcc -fanalyzer, clang-tidy, cppcheck
#	sh bootstrap.sh oracle		the walker judged by QEMU's MMU; gets a QEMU for it if need be
#	sh bootstrap.sh night		every test and lint, and the oracle, with many more random draws
#	sh bootstrap.sh bench		the benchmark's figures
#	sh bootstrap.sh ci		everything that has to pass before a change goes in
#	sh bootstrap.sh install		only install what ci needs
set -eu
cd "$(dirname "$0")"

build="cmake ninja-build"
demo="$build gcc-aarch64-linux-gnu qemu-system-arm python3"
asan="$build gcc libc6-dev libcmocka-dev"
check="$asan g++ make python3 git clang lld clang-format shellcheck gcc-aarch64-linux-gnu"
bench="$asan python3 valgrind gcc-aarch64-linux-gnu"
memcheck="$asan valgrind"
coverage="$asan python3 lcov clang-19 llvm-19 libclang-rt-19-dev"
analyze="$asan clang-tidy cppcheck gcc-aarch64-linux-gnu"
oracle="$asan gcc-aarch64-linux-gnu qemu-system-arm"
ci="$check $memcheck $coverage $analyze qemu-system-arm patch"

case "${1-}" in
demo) needed=$demo ;;
asan) needed=$asan ;;
memcheck) needed=$memcheck ;;
coverage) needed=$coverage ;;
analyze) needed=$analyze ;;
oracle) needed=$oracle ;;
bench) needed=$bench ;;
check) needed=$check ;;
night) needed="$check $oracle" ;;
ci | install) needed=$ci ;;
*)
	echo "usage: sh bootstrap.sh" \
		"demo|check|asan|memcheck|coverage|analyze|oracle|night|bench|ci|install" >&2
	exit 2
	;;
esac

is_installed()
{
	test "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed
}

install_missing()
{
	missing=
	for package in $needed; do
		is_installed "$package" || missing="$missing $package"
	done
	test -n "$missing" || return 0
	if test "$(id -u)" = 0; then
		root=
	elif command -v sudo >/dev/null && { sudo -n true 2>/dev/null || test -t 0; }; then
		root=sudo
	else
		echo "bootstrap.sh: neither root nor sudo here. Please install:" >&2
		echo "	apt-get install --no-install-recommends$missing" >&2
		exit 1
	fi
	echo "bootstrap.sh: installing$missing"
	$root apt-get -q update
	# shellcheck disable=SC2086 # a list of words
	$root env DEBIAN_FRONTEND=noninteractive \
		apt-get -q -y install --no-install-recommends $missing
}

if command -v apt-get >/dev/null && command -v dpkg-query >/dev/null; then
	install_missing
else
	echo "bootstrap.sh: not Debian; going on with what is here. Debian's names of what is needed:" >&2
	echo "	$needed" >&2
fi

case "$1" in
install) ;;
ci) exec .ci/run ;;
oracle | night)
	sh tests/qemu/oracle/qemu fetch || : # then the tests say so, and are skipped
	exec cmake --workflow --preset "$1" --fresh
	;;
*) exec cmake --workflow --preset "$1" --fresh ;;
esac
