/* SPDX-License-Identifier: BSD-2-Clause */
/* Accesses to table memory by the recorded library. Words are as they lie in memory. */
#ifndef RECORD_MEMORY_H
#define RECORD_MEMORY_H
#include <hypmmu/hypmmu.h>

hypmmu_desc record_load(const hypmmu_desc *slot);
void record_store(hypmmu_desc *slot, hypmmu_desc raw);
void record_release(hypmmu_desc *slot, hypmmu_desc raw);
/* What the slot held. */
hypmmu_desc record_exchange(hypmmu_desc *slot, hypmmu_desc expected, hypmmu_desc raw);
#endif
