#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# To be sourced.
#
# How others get the library: a repository of the tree as it is, tracked files only, and from there
# clones, submodules and archives. Nothing depends on who runs it, or from within what.
unset CC CFLAGS CPPFLAGS CXX CXXFLAGS LDFLAGS MAKEFLAGS MAKELEVEL DESTDIR
unset GIT_DIR GIT_INDEX_FILE GIT_WORK_TREE
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
export GIT_AUTHOR_NAME=vendor GIT_AUTHOR_EMAIL=vendor
export GIT_COMMITTER_NAME=vendor GIT_COMMITTER_EMAIL=vendor

list_files() # tree
{
	if test -e "$1/.git"; then
		git -c safe.directory='*' -C "$1" ls-files
	else
		cd "$1" && find . -type d \( -name .git -o -path ./build \) -prune -o -type f -print
	fi
}

commit_all() # repository subject
{
	git -C "$1" add -A
	git -C "$1" commit -q -m "$2"
}

publish() # tree repository
{
	git init -q "$2"
	list_files "$1" >"$2.files"
	while read -r name; do
		test ! -f "$1/$name" || echo "$name"
	done <"$2.files" | tar -C "$1" -c -T - | tar -C "$2" -x
	commit_all "$2" "all of it"
}

clone() # repository directory
{
	git clone -q "$1" "$2"
}

archive() # repository file.tar.gz
{
	git -C "$1" archive --prefix=libhypmmu/ -o "$2" HEAD
}

# Builds and installs a clone, of which nothing is left then, and moves what was installed.
install_package() # repository prefix
{
	clone "$1" "$2.clone"
	cmake -G Ninja -S "$2.clone" -B "$2.build" -DHYPMMU_TESTS=OFF -DHYPMMU_EXAMPLES=OFF
	cmake --build "$2.build"
	cmake --install "$2.build" --prefix "$2.first"
	rm -rf "$2.clone" "$2.build"
	mv "$2.first" "$2"
}
