# SPDX-License-Identifier: BSD-2-Clause

# What the project compiles its own C with, when asked to. Private: never part of what a consumer
# gets.
function(hypmmu_warnings target)
	if(HYPMMU_DEVELOPER)
		target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:C>:
			-Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wundef
			-Wstrict-prototypes -Wmissing-prototypes -Wvla>)
	endif()
endfunction()
