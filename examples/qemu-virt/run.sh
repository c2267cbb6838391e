#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# usage: run.sh <elf> <4k|16k|64k...> [<cpu> [<expected exit status> [<option of QEMU>...]]]
# The status is 0 if all is as predicted, 3 if the CPU lacks the granule. A table that is wrong ends
# in a loop of exceptions without a word: hence the time limit.
set -u
elf=$1 word=$2 cpu=${3:-max} expected=${4:-0}
shift "$(($# < 4 ? $# : 4))"
case $word in
*-pie) # FEAT_S1PIE came with version 11: before, the CPU is refused
	version=$(qemu-system-aarch64 --version | sed -nE 's/^QEMU emulator version ([0-9]+)\..*/\1/p')
	test "${version:-0}" -ge 11 || expected=3
	;;
esac
timeout 10 qemu-system-aarch64 -M virt,virtualization=on,gic-version=3 -cpu "$cpu" -m 2G \
	-nic none -nographic -monitor none -serial stdio \
	-semihosting-config enable=on,target=native,arg=hypmmu,arg="$word" -kernel "$elf" \
	"$@" </dev/null
status=$?
test "$status" = "$expected" && exit 0
echo "$0: exit status $status, not $expected" >&2
exit 1
