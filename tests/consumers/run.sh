#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# usage: run.sh find_package|subdirectory|make <build directory of the library> <scratch directory>
# Builds the consumer and runs it.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
kind=$1 library=$2 scratch=$3
rm -rf "$scratch"
mkdir -p "$scratch"
case "$kind" in
find_package)
	cmake --install "$library" --prefix "$scratch/prefix"
	cmake -S "$here/$kind" -B "$scratch" -DCMAKE_PREFIX_PATH="$scratch/prefix"
	cmake --build "$scratch"
	;;
subdirectory)
	cmake -S "$here/$kind" -B "$scratch"
	cmake --build "$scratch"
	;;
make)
	cd "$scratch"
	make -f "$here/make/Makefile" O="$scratch"
	;;
esac
"$scratch/app"
