/* SPDX-License-Identifier: BSD-2-Clause */
/* Runs first.c on QEMU's virt, with the start-up code of qemu-virt. */
#include "../qemu-virt/host.h"
#include <hypmmu/arch.h>

int enable_mmu(struct hypmmu_report *report);
int main(void);

int main(void)
{
	struct hypmmu_report report = {0};
	int err = enable_mmu(&report);

	if (err)
		say("%s, at %lx\n", hypmmu_strerror(err), report.va);
	else if (hypmmu_arch_enabled())
		say("The MMU is on.\n");
	return err || !hypmmu_arch_enabled() ? FAILED : PASSED;
}
