# SPDX-License-Identifier: BSD-2-Clause
# Bare-metal AArch64 with Debian's gcc-aarch64-linux-gnu.
include(${CMAKE_CURRENT_LIST_DIR}/aarch64-freestanding.cmake)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_ASM_COMPILER aarch64-linux-gnu-gcc)
