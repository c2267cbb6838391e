/* SPDX-License-Identifier: BSD-2-Clause */
/* A program with a fault that only a memory checker sees: alone it ends well. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *volatile held;

static int leak(void)
{
	held = malloc(64);
	held = NULL;
	return 0;
}

static int depend_on_nothing(void)
{
	int *volatile word = malloc(sizeof *word);

	if (word && *word == 42)
		puts("the answer");
	free(word);
	return 0;
}

int main(int argc, char **argv)
{
	return argc == 2 && strcmp(argv[1], "leak") == 0 ? leak() : depend_on_nothing();
}
