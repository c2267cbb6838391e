/* SPDX-License-Identifier: BSD-2-Clause */
/* Where things are, by the linker script: at the host's addresses, or as PAs. */
#ifndef IMAGE_H
#define IMAGE_H
#include <hypmmu/hyp.h>

#define CPUS	    4 /* that run hyp; one more is refused */
#define ALIGN_IMAGE UINT64_C(0x10000)

extern unsigned char image_start[], image_end[];
extern unsigned char __hyp_idmap_text_start[], __hyp_idmap_text_end[], init_vectors[];
extern unsigned char vectors_start[], vectors_end[];
extern unsigned char hyp_text_start[], hyp_text_end[];
extern unsigned char hyp_rodata_start[], hyp_rodata_end[];
extern unsigned char hyp_data_start[], hyp_data_end[];
extern unsigned char hyp_stacks[][ALIGN_IMAGE], windows[][ALIGN_IMAGE];
extern unsigned char table_memory[], table_memory_end[];
extern unsigned char late_page[];
extern unsigned char start_second[], stub_vectors[], stub_return[];
extern const uint64_t host_offset_is;

static inline hypmmu_pa pa_of(const void *host)
{
	return (uintptr_t)host - host_offset_is;
}
#endif
