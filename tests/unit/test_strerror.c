/* SPDX-License-Identifier: BSD-2-Clause */
/* hypmmu_strerror(): one line for people, for any value. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <hypmmu/hypmmu.h>
#include <limits.h>
#include <string.h>

static const int results[] = {
	HYPMMU_OK,	   HYPMMU_ERR_ARG,	HYPMMU_ERR_CONFIG,	HYPMMU_ERR_ALIGN,
	HYPMMU_ERR_RANGE,  HYPMMU_ERR_ATTR,	HYPMMU_ERR_OVERLAP,	HYPMMU_ERR_IDMAP,
	HYPMMU_ERR_BUSY,   HYPMMU_ERR_CONFLICT, HYPMMU_ERR_UNMAPPED,	HYPMMU_ERR_BREAK,
	HYPMMU_ERR_NOMEM,  HYPMMU_ERR_NOSPACE,	HYPMMU_ERR_UNSUPPORTED, HYPMMU_ERR_STATE,
	HYPMMU_ERR_PINNED, HYPMMU_ERR_PAGES,	HYPMMU_ERR_CORRUPT,
};

#define RESULTS (sizeof(results) / sizeof(results[0]))

static bool is_result(int value)
{
	for (size_t i = 0; i < RESULTS; i++) {
		if (results[i] == value)
			return true;
	}
	return false;
}

static void every_result_has_a_line_of_its_own(void **state)
{
	(void)state;
	for (size_t i = 0; i < RESULTS; i++) {
		const char *line = hypmmu_strerror(results[i]);

		assert_non_null(line);
		assert_in_range(strlen(line), 5, 70);
		assert_null(strchr(line, '\n'));
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(line, hypmmu_strerror(results[j]));
	}
	assert_string_equal(hypmmu_strerror(HYPMMU_OK), "success");
}

static void any_other_value_is_unknown(void **state)
{
	(void)state;
	assert_string_equal(hypmmu_strerror(INT_MIN), "unknown error");
	assert_string_equal(hypmmu_strerror(INT_MAX), "unknown error");
	for (int value = -100; value <= 100; value++) {
		if (!is_result(value))
			assert_string_equal(hypmmu_strerror(value), "unknown error");
		else
			assert_string_not_equal(hypmmu_strerror(value), "unknown error");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_result_has_a_line_of_its_own),
		cmocka_unit_test(any_other_value_is_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
