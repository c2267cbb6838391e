/* SPDX-License-Identifier: BSD-2-Clause */
/* Traces as text: each event in the words of casemate. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/casemate.h"
#include <stdlib.h>
#include <string.h>

static const struct hypmmu_config cfg = {
	.granule = HYPMMU_4K, .regime = HYPMMU_EL2, .va_bits = 48, .pa_bits = 48};

struct writer {
	struct trace trace;
	struct casemate *casemate;
	char *text;
	size_t size;
};

static void open_writer(struct writer *writer)
{
	FILE *file = open_memstream(&writer->text, &writer->size);

	assert_non_null(file);
	writer->casemate = casemate_to(file);
	assert_non_null(writer->casemate);
	trace_init(&writer->trace);
	trace_add_sink(&writer->trace, casemate_take, writer->casemate);
}

static void assert_text(struct writer *writer, const char *expected)
{
	casemate_close(writer->casemate);
	assert_string_equal(writer->text, expected);
	free(writer->text);
}

static void a_tree_is_built_and_walked(void **state)
{
	struct trace_regs regs = {.cfg = cfg, .pes = 2};
	struct writer writer;

	(void)state;
	open_writer(&writer);
	trace_regs(&writer.trace, &regs, 0);
	trace_alloc(&writer.trace, 0x80000000, false);
	trace_alloc(&writer.trace, 0x80001000, false);
	trace_store(&writer.trace, TRACE_STORE, 0x80001008, 0, 0x40000743);
	trace_store(&writer.trace, TRACE_RELEASE, 0x80000000, 0, 0x80001003);
	trace_regs(&writer.trace, &regs, 0x80000000);
	trace_simple(&writer.trace, TRACE_ON);
	assert_text(&writer,
		    "(mem-init (id 0) (tid 0) (address 80000000) (size 1000) (src \"trace:2\"))\n"
		    "(hint (id 1) (tid 0) (kind set_root_lock) (location 80000000) (value 8) "
		    "(src \"trace:2\"))\n"
		    "(mem-init (id 2) (tid 0) (address 80001000) (size 1000) (src \"trace:3\"))\n"
		    "(hint (id 3) (tid 0) (kind set_owner_root) (location 80001000) "
		    "(value 80000000) (src \"trace:3\"))\n"
		    "(mem-write (id 4) (tid 0) (mem-order plain) (address 80001008) "
		    "(value 40000743) (src \"trace:4\"))\n"
		    "(mem-write (id 5) (tid 0) (mem-order release) (address 80000000) "
		    "(value 80001003) (src \"trace:5\"))\n"
		    "(sysreg-write (id 6) (tid 0) (sysreg hcr_el2) (value 0) (src \"trace:6\"))\n"
		    "(sysreg-write (id 7) (tid 0) (sysreg mair_el2) (value c080400ffbb44ff) "
		    "(src \"trace:6\"))\n"
		    "(sysreg-write (id 8) (tid 0) (sysreg tcr_el2) (value 80803510) "
		    "(src \"trace:6\"))\n"
		    "(sysreg-write (id 9) (tid 0) (sysreg ttbr0_el2) (value 80000000) "
		    "(src \"trace:6\"))\n"
		    "(sysreg-write (id 10) (tid 0) (sysreg sctlr_el2) (value 1) "
		    "(src \"trace:7\"))\n");
}

static void a_live_change_breaks_before_it_makes(void **state)
{
	struct writer writer;

	(void)state;
	open_writer(&writer);
	trace_simple(&writer.trace, TRACE_CALL);
	trace_store(&writer.trace, TRACE_EXCHANGE, 0x80001008, 0x40000743, 0);
	trace_publish(&writer.trace, 0x80001008, 8);
	trace_dsb(&writer.trace, TRACE_ISHST);
	trace_tlbi(&writer.trace, TRACE_VALE2IS, UINT64_C(7) << 44 | 0x1a);
	trace_tlbi(&writer.trace, TRACE_ALLE2IS, 0);
	trace_dsb(&writer.trace, TRACE_ISH);
	trace_simple(&writer.trace, TRACE_ISB);
	trace_free(&writer.trace, 0x80002000);
	trace_simple(&writer.trace, TRACE_RETURN);
	assert_text(&writer,
		    "(lock (id 0) (tid 0) (address 8) (src \"trace:1\"))\n"
		    "(mem-write (id 1) (tid 0) (mem-order release) (address 80001008) (value 0) "
		    "(src \"trace:2\"))\n"
		    "(barrier (id 2) (tid 0) dsb (kind ishst) (src \"trace:4\"))\n"
		    "(tlbi (id 3) (tid 0) vale2is (value 70000000001a) (src \"trace:5\"))\n"
		    "(tlbi (id 4) (tid 0) alle2is (src \"trace:6\"))\n"
		    "(barrier (id 5) (tid 0) dsb (kind ish) (src \"trace:7\"))\n"
		    "(barrier (id 6) (tid 0) isb (src \"trace:8\"))\n"
		    "(hint (id 7) (tid 0) (kind set_owner_root) (location 80002000) (value 0) "
		    "(src \"trace:9\"))\n"
		    "(unlock (id 8) (tid 0) (address 8) (src \"trace:10\"))\n");
}

static void what_casemate_cannot_take_is_not_written(void **state)
{
	struct hypmmu_config other = cfg;

	(void)state;
	assert_int_equal(setenv("HYPMMU_TEST_TRACE", "/dev/null", 1), 0);
	other.granule = HYPMMU_64K;
	assert_null(casemate_open(&other));
	other = cfg;
	other.hw = HYPMMU_HW_TLBIRANGE;
	assert_null(casemate_open(&other));
	other = cfg;
	other.regime = HYPMMU_EL2_0_LOWER;
	assert_null(casemate_open(&other));
	assert_int_equal(unsetenv("HYPMMU_TEST_TRACE"), 0);
	assert_null(casemate_open(&cfg));
}

static void the_first_address_space_is_written(void **state)
{
	struct casemate *first;

	(void)state;
	assert_int_equal(setenv("HYPMMU_TEST_TRACE", "/dev/null", 1), 0);
	first = casemate_open(&cfg);
	assert_non_null(first);
	assert_null(casemate_open(&cfg));
	casemate_close(first);
	assert_int_equal(unsetenv("HYPMMU_TEST_TRACE"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_tree_is_built_and_walked),
		cmocka_unit_test(a_live_change_breaks_before_it_makes),
		cmocka_unit_test(what_casemate_cannot_take_is_not_written),
		cmocka_unit_test(the_first_address_space_is_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
