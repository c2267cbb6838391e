# SPDX-License-Identifier: BSD-2-Clause
# No @PACKAGE_INIT@: it would leave a variable in the scope of who asks for the package.
include(${CMAKE_CURRENT_LIST_DIR}/hypmmu-targets.cmake)
