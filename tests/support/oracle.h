/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the MMU makes of stage-1 tables, written from the Arm manual alone. It includes nothing of
 * the library but the types of its public header, so that the two can only agree by being right.
 *
 * Left out: FEAT_AIE, FEAT_D128, nT, PAN, overlays; tables in Secure and Realm state.
 */
#ifndef ORACLE_H
#define ORACLE_H
#include <hypmmu/hypmmu.h>

enum oracle_result {
	ORACLE_OK,
	ORACLE_ACCESS_FLAG = 1, /* the numbers of tests/data/s1-el2.txt */
	ORACLE_TRANSLATION = 4,
	ORACLE_ADDRESS_SIZE = 5,
	ORACLE_EXTERNAL = 99, /* a descriptor that is not in memory */
};

struct oracle {
	unsigned granule, ia_bits, oa_bits; /* granule: log2 */
	bool upper, two_privileges, big_endian;
	bool ds;	/* TCR_EL2.DS in effect */
	bool lpa;	/* 64K: OA[51:48] is in descriptor bits [15:12] */
	bool big_block; /* 64K: the CPU has 52 bits of PA, so blocks of 4T */
	bool hpd, wxn, tbi;
	bool hd;	     /* TCR_EL2.HA and HD */
	bool pie;	     /* TCR2_EL2.PIE */
	uint64_t pir, pire0; /* PIR_EL2, PIRE0_EL2 */
	hypmmu_pa root;
	/* The bytes of memory at pa; NULL: there are none. */
	const unsigned char *(*at)(void *ctx, hypmmu_pa pa, size_t size);
	void *ctx;
};

struct oracle_answer {
	enum oracle_result result;
	int level; /* of the leaf or the fault */
	hypmmu_va va;
	uint64_t pa;		  /* of va */
	uint64_t size;		  /* that the last descriptor stands for; 0: none was read */
	hypmmu_desc desc;	  /* the last one read, */
	hypmmu_pa desc_pa;	  /* and where */
	unsigned reads;		  /* how many were read */
	bool r, w, x;		  /* what EL2 may do */
	bool el0_r, el0_w, el0_x; /* what EL0 may do */
	bool contiguous;
};

/* The tables of cfg at root. wxn and hpd are clear: the library must not need them. */
void oracle_init(struct oracle *oracle, const struct hypmmu_config *cfg, hypmmu_pa root,
		 const unsigned char *(*at)(void *ctx, hypmmu_pa pa, size_t size), void *ctx);

int oracle_start_level(const struct oracle *oracle);
unsigned oracle_shift(const struct oracle *oracle, int level); /* log2 of what a slot maps */
uint64_t oracle_slots(const struct oracle *oracle, int level);
bool oracle_is_leaf_level(const struct oracle *oracle, int level);
/* log2 of the descriptors of a contiguous group; 0: there are none. */
unsigned oracle_group_order(const struct oracle *oracle, int level);
hypmmu_va oracle_first_va(const struct oracle *oracle);

struct oracle_answer oracle_walk(const struct oracle *oracle, hypmmu_va va);

/* The library's attribute word for a leaf; 0 if it has no word for it. */
hypmmu_attr oracle_attr(const struct oracle *oracle, const struct oracle_answer *leaf);

struct oracle_tree {
	size_t tables, leaves;
	const char *wrong; /* NULL; or the rule that is broken, at: */
	hypmmu_va va;
	int level;
	hypmmu_desc desc;
};

/* Visits every leaf in ascending order. Stops at what no tree of the library may hold: a table
 * that is not in memory, is reached twice or is empty, a descriptor that is invalid but not 0. */
void oracle_scan(const struct oracle *oracle,
		 void (*visit)(void *ctx, const struct oracle_answer *leaf), void *ctx,
		 struct oracle_tree *tree);

/* For the two files of the oracle: a descriptor on its own. */
enum oracle_kind { ORACLE_INVALID, ORACLE_TABLE, ORACLE_LEAF };
hypmmu_desc oracle_load(const struct oracle *oracle, const unsigned char *slot);
enum oracle_kind oracle_kind_of(const struct oracle *oracle, int level, hypmmu_desc desc);
hypmmu_pa oracle_next_table(const struct oracle *oracle, hypmmu_desc desc);
/* table: the attributes of all tables above, ORed. Fills in all but va, desc_pa and reads. */
void oracle_read_leaf(const struct oracle *oracle, int level, hypmmu_desc desc, hypmmu_desc table,
		      struct oracle_answer *leaf);
#endif
