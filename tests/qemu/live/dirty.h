/* SPDX-License-Identifier: BSD-2-Clause */
/* Dirty state that hardware writes into descriptors while they are changed. */
#ifndef DIRTY_H
#define DIRTY_H
#include "rig.h"

/* With HYPMMU_USE_HAFDBS. What has been written to is dirty, whatever has become of its leaf. */
bool keep_dirty(struct rig *rig);
#endif
