# SPDX-License-Identifier: BSD-2-Clause
# Bare-metal AArch64 with clang and lld.
include(${CMAKE_CURRENT_LIST_DIR}/aarch64-freestanding.cmake)
set(CMAKE_C_COMPILER clang)
set(CMAKE_C_COMPILER_TARGET aarch64-none-elf)
set(CMAKE_ASM_COMPILER clang)
set(CMAKE_ASM_COMPILER_TARGET aarch64-none-elf)
set(CMAKE_EXE_LINKER_FLAGS_INIT -fuse-ld=lld)
