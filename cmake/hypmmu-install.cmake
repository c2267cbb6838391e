# SPDX-License-Identifier: BSD-2-Clause
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/hypmmu)
install(TARGETS hypmmu EXPORT hypmmu-targets ARCHIVE FILE_SET HEADERS)
install(EXPORT hypmmu-targets NAMESPACE hypmmu:: DESTINATION ${package_dir}
	FILE hypmmu-targets.cmake)
# Source compatibility only, and before 1.0 not even that between minor versions.
write_basic_package_version_file(hypmmu-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_LIST_DIR}/hypmmu-config.cmake
	${CMAKE_CURRENT_BINARY_DIR}/hypmmu-config-version.cmake
	${PROJECT_SOURCE_DIR}/arch/aarch64/hypmmu.ld DESTINATION ${package_dir})
