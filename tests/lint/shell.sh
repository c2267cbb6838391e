#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Every shell script of the tree is shellcheck-clean.
set -eu
scripts=$(grep -rlE --exclude-dir=build --exclude-dir=.git '^#!/bin/(ba)?sh' .)
# shellcheck disable=SC2086 # a list of paths without blanks
shellcheck $scripts
echo "$scripts"
