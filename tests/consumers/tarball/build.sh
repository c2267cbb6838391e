#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# usage: build.sh <program>: no build system at all. The archive is unpacked in libhypmmu.
set -eu
${CC:-cc} -std=c11 -O2 -Ilibhypmmu/include -o "$1" main.c space.c libhypmmu/src/*.c
