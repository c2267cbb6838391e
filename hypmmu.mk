# SPDX-License-Identifier: BSD-2-Clause
#
# The one list of the library's source files: CMakeLists.txt reads it, and any makefile can:
#
#	include third_party/libhypmmu/hypmmu.mk
#	CPPFLAGS += -I$(HYPMMU_DIR)/include
#	CFLAGS   += $(HYPMMU_CFLAGS)
#	OBJS     += $(patsubst %,$(O)/hypmmu/%.o,$(HYPMMU_SRCS) $(HYPMMU_AARCH64_SRCS))
#	$(O)/hypmmu/%.o: $(HYPMMU_DIR)/%
#
# Paths are relative to HYPMMU_DIR, one a line and without patterns, so that a line is a fact.

HYPMMU_DIR := $(patsubst %/,%,$(dir $(lastword $(MAKEFILE_LIST))))

# The portable core, for any host.
HYPMMU_SRCS :=
HYPMMU_SRCS += src/geometry.c
HYPMMU_SRCS += src/desc.c
HYPMMU_SRCS += src/table.c
HYPMMU_SRCS += src/cursor.c
HYPMMU_SRCS += src/runs.c
HYPMMU_SRCS += src/pieces.c
HYPMMU_SRCS += src/group.c
HYPMMU_SRCS += src/judge.c
HYPMMU_SRCS += src/plan.c
HYPMMU_SRCS += src/count.c
HYPMMU_SRCS += src/maint.c
HYPMMU_SRCS += src/slots.c
HYPMMU_SRCS += src/leaves.c
HYPMMU_SRCS += src/tables.c
HYPMMU_SRCS += src/stage.c
HYPMMU_SRCS += src/settle.c
HYPMMU_SRCS += src/apply.c
HYPMMU_SRCS += src/page.c
HYPMMU_SRCS += src/change.c
HYPMMU_SRCS += src/preview.c
HYPMMU_SRCS += src/reclaim.c
HYPMMU_SRCS += src/pin.c
HYPMMU_SRCS += src/single.c
HYPMMU_SRCS += src/init.c
HYPMMU_SRCS += src/adopt.c
HYPMMU_SRCS += src/live.c
HYPMMU_SRCS += src/destroy.c
HYPMMU_SRCS += src/query.c
HYPMMU_SRCS += src/walkparams.c
HYPMMU_SRCS += src/walkperms.c
HYPMMU_SRCS += src/walk.c
HYPMMU_SRCS += src/translate.c
HYPMMU_SRCS += src/check.c
HYPMMU_SRCS += src/dump.c
HYPMMU_SRCS += src/config.c
HYPMMU_SRCS += src/regs.c
HYPMMU_SRCS += src/pool.c
HYPMMU_SRCS += src/strerror.c
HYPMMU_SRCS += src/linear.c
HYPMMU_SRCS += src/private.c
HYPMMU_SRCS += src/hyp.c

# The AArch64 backend: the only privileged instructions.
HYPMMU_AARCH64_SRCS :=
HYPMMU_AARCH64_SRCS += arch/aarch64/id.c
HYPMMU_AARCH64_SRCS += arch/aarch64/cache.c
HYPMMU_AARCH64_SRCS += arch/aarch64/tlb.c
HYPMMU_AARCH64_SRCS += arch/aarch64/at.c
HYPMMU_AARCH64_SRCS += arch/aarch64/halves.c
HYPMMU_AARCH64_SRCS += arch/aarch64/mmu.c
HYPMMU_AARCH64_SRCS += arch/aarch64/cpu.c
HYPMMU_AARCH64_SRCS += arch/aarch64/idmap.S
HYPMMU_AARCH64_SRCS += arch/aarch64/cpu_entry.S

# Enough for the core anywhere, and for code that runs at EL2, with the MMU off as well.
HYPMMU_CFLAGS := -std=c11 -ffreestanding
HYPMMU_AARCH64_CFLAGS := -mgeneral-regs-only -mstrict-align -mno-outline-atomics
