#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# usage: run.sh <consumer> [<tree>]: gets the library as that consumer would, builds the consumer's
# program with it, runs it, and compares what it prints.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
kind=$1 tree=${2:-$here/../..}
tree=$(cd "$tree" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
# shellcheck disable=SC1091 # checked by itself
. "$here/vendor.sh"

upstream=$scratch/upstream project=$scratch/project out=$scratch/out
publish "$tree" "$upstream"
mkdir "$project"
cp -R "$upstream/tests/consumers/app/." "$upstream/tests/consumers/${kind%-*}/." "$project"
cd "$project"

build()
{
	cmake -G Ninja -S . -B "$out" "$@"
	cmake --build "$out"
}

case "$kind" in
submodule)
	git init -q .
	git -c protocol.file.allow=always submodule add -q "$upstream" third_party/libhypmmu
	commit_all . "vendor libhypmmu"
	git -c protocol.file.allow=always clone -q --recurse-submodules . "$scratch/fresh"
	cd "$scratch/fresh"
	build
	;;
fetch_content)
	archive "$upstream" "$project/libhypmmu.tar.gz"
	build
	;;
find_package)
	install_package "$upstream" "$scratch/prefix"
	build -DCMAKE_PREFIX_PATH="$scratch/prefix"
	;;
cxx)
	clone "$upstream" libhypmmu
	build
	;;
make | aarch64-gcc)
	clone "$upstream" libhypmmu
	make -j2 O="$out"
	;;
kbuild)
	clone "$upstream" third_party/libhypmmu
	make -j2 O="$out"
	;;
tarball)
	archive "$upstream" "$project/libhypmmu.tar.gz"
	tar -xf libhypmmu.tar.gz
	mkdir "$out"
	sh build.sh "$out/app"
	;;
aarch64-clang)
	clone "$upstream" libhypmmu
	make -j2 O="$out" CC="clang --target=aarch64-none-elf" LDFLAGS=-fuse-ld=lld
	;;
esac

case "$kind" in
aarch64-*)
	command -v qemu-system-aarch64 >/dev/null || {
		echo "linked; not run, there is no qemu-system-aarch64"
		exit 0
	}
	timeout 10 qemu-system-aarch64 -M virt,virtualization=on,gic-version=3 -cpu max -smp 2 \
		-accel tcg,thread=single -m 1G -nic none -nographic -monitor none -serial stdio \
		-semihosting-config enable=on,target=native -kernel "$out/image.elf" \
		</dev/null >"$scratch/seen" || echo "exit status $?" >>"$scratch/seen"
	cat expected expected-aarch64 >"$scratch/expected"
	;;
*)
	"$out/app" >"$scratch/seen" || echo "exit status $?" >>"$scratch/seen"
	cp expected "$scratch/expected"
	;;
esac
grep -v '^#' "$scratch/expected" | diff - "$scratch/seen"
echo "$(wc -l <"$scratch/seen") lines, as expected"
