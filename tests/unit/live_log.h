/* SPDX-License-Identifier: BSD-2-Clause */
/* Between live.c and live_log.c: events as they happen, judged and written down. */
#ifndef LIVE_LOG_H
#define LIVE_LOG_H
#include "live.h"

void live_log_begin(struct live *live);
void live_log_end(struct live *live);
/* page: its index in the arena; LIVE_MOST: none. */
void live_log_store(struct live *live, const hypmmu_desc *slot, hypmmu_desc before,
		    hypmmu_desc after, bool exchange);
void live_log_publish(struct live *live, size_t offset, size_t size);
void live_log_sync(struct live *live, const struct hypmmu_stale *list, size_t n);
void live_log_alloc(struct live *live, size_t page);
void live_log_free(struct live *live, size_t page);
/* The table that desc points to, or NULL if that is no page. It and all below it are at this place
 * now; NULL: are unlinked. */
struct live_page *live_mark(struct live *live, hypmmu_desc desc, const struct live_page *place);
#endif
