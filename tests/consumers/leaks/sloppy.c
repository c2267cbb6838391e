/* SPDX-License-Identifier: BSD-2-Clause */
/* Does not pass -Wconversion, -Wmissing-prototypes, -Wshadow, -Wstrict-prototypes, -Wundef,
 * -Wvla. */
#if SLOPPY
#endif
int narrow(long value);
int twice();
int loose(int n)
{
	char room[n];
	{
		int n = 2;
		room[0] = n * 1000L;
	}
	return room[0];
}
int main(void)
{
	return !loose(1);
}
