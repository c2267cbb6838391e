/* SPDX-License-Identifier: BSD-2-Clause */
/* What a result means, in one line. */
#include <hypmmu/hypmmu.h>

const char *hypmmu_strerror(int err)
{
	switch (err) {
	case HYPMMU_OK:
		return "success";
	case HYPMMU_ERR_ARG:
		return "NULL, or an unknown operation, flag or bit";
	case HYPMMU_ERR_CONFIG:
		return "the architecture has no such configuration";
	case HYPMMU_ERR_ALIGN:
		return "not a multiple of the granule";
	case HYPMMU_ERR_RANGE:
		return "range is empty, wraps, or is beyond va_bits or pa_bits";
	case HYPMMU_ERR_ATTR:
		return "attributes make no mapping in this regime on this CPU";
	case HYPMMU_ERR_OVERLAP:
		return "two changes cross";
	case HYPMMU_ERR_IDMAP:
		return "identity text is not in one page, or is in the linear range";
	case HYPMMU_ERR_BUSY:
		return "called from one of the library's own callbacks";
	case HYPMMU_ERR_CONFLICT:
		return "something else is mapped there";
	case HYPMMU_ERR_UNMAPPED:
		return "nothing is mapped there";
	case HYPMMU_ERR_BREAK:
		return "needs break-before-make";
	case HYPMMU_ERR_NOMEM:
		return "the page source is empty";
	case HYPMMU_ERR_NOSPACE:
		return "no virtual range is left";
	case HYPMMU_ERR_UNSUPPORTED:
		return "this CPU, or this version of the library, lacks it";
	case HYPMMU_ERR_STATE:
		return "wrong exception level, E2H, MMU or liveness for this call";
	case HYPMMU_ERR_PINNED:
		return "would break, remove or weaken a pinned range";
	case HYPMMU_ERR_PAGES:
		return "the page source gave a page that cannot be a table";
	case HYPMMU_ERR_CORRUPT:
		return "the tables break an invariant";
	default:
		return "unknown error";
	}
}
