# SPDX-License-Identifier: BSD-2-Clause
# The library pushes nothing on who links to it but where its headers are.
foreach(property COMPILE_OPTIONS COMPILE_DEFINITIONS COMPILE_FEATURES LINK_OPTIONS LINK_LIBRARIES)
	get_target_property(value hypmmu::hypmmu INTERFACE_${property})
	if(value)
		message(FATAL_ERROR "INTERFACE_${property}: ${value}")
	endif()
endforeach()
