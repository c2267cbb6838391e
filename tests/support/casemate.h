/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A trace as text for casemate, the public checker of break-before-make: one record a line, fields
 * by name, id and tid decimal, all else hexadecimal.
 *
 *	(mem-write (id 7) (tid 0) (mem-order release) (address 80000000) (value 80001003) (src "trace:9"))
 *
 * Casemate takes EL2 with 4K granules, tables from level 0 on, broadcast TLBIs by VA; it knows no
 * hardware updates. A configuration beyond that is not written. A page comes as mem-init and a hint
 * whose it is, and goes as a hint that it is nobody's; an exchange is a mem-write that releases; DMB
 * and publish have no word. There is one thread. All tables have one lock, which a call takes and
 * gives back. src is the number of the event.
 */
#ifndef CASEMATE_H
#define CASEMATE_H
#include "trace.h"
#include <stdio.h>

#define CASEMATE_LOCK 8

struct casemate;

/* To the file that HYPMMU_TEST_TRACE names, which is overwritten: the first address space of the
 * process that casemate can take. NULL: not this one. */
struct casemate *casemate_open(const struct hypmmu_config *cfg);
struct casemate *casemate_to(FILE *file);
void casemate_close(struct casemate *casemate);
/* A sink. */
void casemate_take(void *ctx, const struct trace_event *event);
#endif
