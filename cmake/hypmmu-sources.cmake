# SPDX-License-Identifier: BSD-2-Clause

# hypmmu_sources(<out> <variable>): the files that hypmmu.mk adds to <variable>. Configures again
# when the list changes.
function(hypmmu_sources out variable)
	set(list ${PROJECT_SOURCE_DIR}/hypmmu.mk)
	set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${list})
	file(STRINGS ${list} lines REGEX "^${variable} \\+= ")
	list(TRANSFORM lines REPLACE "^${variable} \\+= " "")
	set(${out} ${lines} PARENT_SCOPE)
endfunction()
