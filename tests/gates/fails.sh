#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# fails.sh TEXT command...: the command fails, and says why in these words.
set -u
text=$1
shift
if output=$("$@" 2>&1); then
	echo "passed, and should not have: $*"
	exit 1
fi
echo "$output"
case $output in
*"$text"*) exit 0 ;;
esac
echo "does not say: $text"
exit 1
