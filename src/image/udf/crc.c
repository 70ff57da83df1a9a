/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Eight bytes a step: step[k][b] is the sum of byte b followed by k zero bytes, and sums add up.
 * A file entry may hold 2 KiB of content, all of which it covers.
 */
#include "udf/crc.h"

#include <pthread.h>

#define POLYNOMIAL 0x1021u

static uint16_t step[8][256];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static uint16_t shift_byte(uint16_t sum)
{
	for (unsigned bit = 0; bit < 8; bit++)
		sum = (uint16_t)((uint32_t)sum << 1 ^ (sum & 0x8000 ? POLYNOMIAL : 0));
	return sum;
}

static void fill(void)
{
	for (unsigned b = 0; b < 256; b++)
		step[0][b] = shift_byte((uint16_t)(b << 8));
	for (unsigned k = 1; k < 8; k++)
		for (unsigned b = 0; b < 256; b++)
			step[k][b] = shift_byte(step[k - 1][b]);
}

uint16_t udf_crc(const uint8_t *p, size_t n)
{
	uint16_t sum = 0;

	pthread_once(&once, fill);
	for (; n >= 8; n -= 8, p += 8)
		sum = step[7][p[0] ^ sum >> 8] ^ step[6][p[1] ^ (sum & 0xff)] ^ step[5][p[2]] ^
		      step[4][p[3]] ^ step[3][p[4]] ^ step[2][p[5]] ^ step[1][p[6]] ^ step[0][p[7]];
	for (; n > 0; n--, p++)
		sum = (uint16_t)(sum << 8 ^ step[0][*p ^ sum >> 8]);
	return sum;
}
