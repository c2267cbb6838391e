# SPDX-License-Identifier: BSD-2-Clause
# What both toolchains share: no operating system, no libc, and code that may run with the MMU off,
# where every access is to Device memory: no unaligned accesses, no vector registers.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
string(JOIN " " CMAKE_C_FLAGS_INIT -ffreestanding -mgeneral-regs-only -mstrict-align
	-mno-outline-atomics -fno-stack-protector -fno-pic)
