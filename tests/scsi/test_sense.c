/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scsi/sense.h"

#include "harness/t.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct scsi_sense make(unsigned key, unsigned asc, unsigned ascq)
{
	return (struct scsi_sense){
		.valid = true, .key = (uint8_t)key, .asc = (uint8_t)asc, .ascq = (uint8_t)ascq
	};
}

static const char *text(struct scsi_sense s)
{
	static char out[80];

	return scsi_sense_text(&s, out, sizeof(out));
}

static void decoding_undoes_encoding(void)
{
	for (unsigned key = 0; key < 16; key++) {
		struct scsi_sense in = make(key, 0x30 + key, key * 3), out;
		uint8_t bytes[18];

		in.progress_valid = key == 0 || key == 2;
		in.progress = in.progress_valid ? 0x1234 : 0;
		scsi_sense_encode(&in, bytes);
		scsi_sense_decode(bytes, sizeof(bytes), &out);
		T_TRUE(out.valid);
		T_EQ(out.key, in.key);
		T_EQ(out.asc, in.asc);
		T_EQ(out.ascq, in.ascq);
		T_EQ(out.progress_valid, in.progress_valid);
		T_EQ(out.progress, in.progress);
	}
}

static void descriptor_format_is_understood(void)
{
	const uint8_t bytes[] = { 0x72, 0x02, 0x04, 0x08, 0, 0, 0, 12, 0x03, 2, 0, 0, 0x02, 6, 0, 0,
		0x80, 0x40, 0x00, 0 };
	struct scsi_sense s;

	scsi_sense_decode(bytes, sizeof(bytes), &s);
	T_STR(text(s), "2/04/08 long write in progress");
	T_TRUE(s.progress_valid);
	T_EQ(s.progress, 0x4000);
}

static void short_sense_gives_what_is_there(void)
{
	const uint8_t bytes[18] = { 0x70, 0, 0x05, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x24, 0x01 };
	struct scsi_sense s;

	scsi_sense_decode(bytes, 2, &s);
	T_TRUE(!s.valid);
	scsi_sense_decode(bytes, 3, &s);
	T_TRUE(s.valid);
	T_EQ(s.key, 5);
	T_EQ(s.asc, 0);
	scsi_sense_decode(bytes, 13, &s);
	T_EQ(s.asc, 0x24);
	T_EQ(s.ascq, 0);
	scsi_sense_decode(bytes, 14, &s);
	T_EQ(s.ascq, 1);
}

static void bytes_behind_the_told_length_are_not_sense(void)
{
	uint8_t bytes[18] = { 0x70, 0, 0x05, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0x24, 0x01 };
	struct scsi_sense s;

	scsi_sense_decode(bytes, sizeof(bytes), &s);
	T_EQ(s.key, 5);
	T_EQ(s.asc, 0);
	bytes[7] = 6;
	scsi_sense_decode(bytes, sizeof(bytes), &s);
	T_EQ(s.asc, 0x24);
	T_EQ(s.ascq, 1);
}

static void what_is_no_sense_data_is_invalid(void)
{
	uint8_t bytes[18] = { 0 };
	struct scsi_sense s;

	scsi_sense_decode(bytes, sizeof(bytes), &s);
	T_TRUE(!s.valid);
	T_EQ(scsi_sense_classify(&s), SENSE_FATAL);
	T_EQ(scsi_sense_errno(&s), -EIO);
	T_STR(text(s), "no sense data");
	bytes[0] = 0x7f;
	scsi_sense_decode(bytes, sizeof(bytes), &s);
	T_TRUE(!s.valid);
}

static void any_bytes_of_any_length_are_survived(void)
{
	t_seed(11);
	for (unsigned i = 0; i < 20000; i++) {
		size_t n = t_below(40);
		uint8_t *bytes = malloc(n ? n : 1);
		struct scsi_sense s;
		char out[24];

		T_MUST(bytes != NULL);
		for (size_t k = 0; k < n; k++)
			bytes[k] = (uint8_t)t_random();
		if (n && t_below(4))
			bytes[0] = (uint8_t)(0x70 + t_below(4));
		scsi_sense_decode(bytes, n, &s);
		T_TRUE(s.key < 16);
		T_TRUE(strlen(scsi_sense_text(&s, out, sizeof(out))) < sizeof(out));
		T_TRUE(scsi_sense_errno(&s) < 0);
		free(bytes);
	}
}

static const struct {
	unsigned key, asc, ascq;
	enum sense_class class;
	int code;
} verdicts[] = {
	{ 0x0, 0x00, 0x00, SENSE_NONE, -EIO },
	{ 0x1, 0x73, 0x01, SENSE_NONE, -EIO },
	{ 0x6, 0x28, 0x00, SENSE_RETRY_NOW, -EIO },
	{ 0x2, 0x04, 0x01, SENSE_WAIT, -EBUSY },
	{ 0x2, 0x04, 0x02, SENSE_FATAL, -EIO },
	{ 0x2, 0x04, 0x03, SENSE_FATAL, -EIO },
	{ 0x2, 0x04, 0x04, SENSE_WAIT, -EBUSY },
	{ 0x2, 0x04, 0x07, SENSE_WAIT, -EBUSY },
	{ 0x2, 0x04, 0x08, SENSE_WAIT, -EBUSY },
	{ 0x2, 0x30, 0x00, SENSE_FATAL, -EMEDIUMTYPE },
	{ 0x2, 0x3a, 0x01, SENSE_NO_MEDIUM, -ENOMEDIUM },
	{ 0x3, 0x0c, 0x00, SENSE_FATAL, -EIO },
	{ 0x5, 0x20, 0x00, SENSE_ABSENT, -EOPNOTSUPP },
	{ 0x5, 0x24, 0x00, SENSE_ABSENT, -EOPNOTSUPP },
	{ 0x5, 0x26, 0x00, SENSE_ABSENT, -EOPNOTSUPP },
	{ 0x5, 0x21, 0x02, SENSE_FATAL, -EIO },
	{ 0x5, 0x30, 0x05, SENSE_FATAL, -EMEDIUMTYPE },
	{ 0x5, 0x53, 0x02, SENSE_FATAL, -EBUSY },
	{ 0x5, 0x63, 0x00, SENSE_FATAL, -ENOSPC },
	{ 0x7, 0x27, 0x00, SENSE_FATAL, -EROFS },
	{ 0xd, 0x00, 0x00, SENSE_FATAL, -ENOSPC },
};

static void each_sense_has_its_verdict(void)
{
	for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++) {
		struct scsi_sense s = make(verdicts[i].key, verdicts[i].asc, verdicts[i].ascq);

		T_EQ(scsi_sense_classify(&s), verdicts[i].class);
		T_EQ(scsi_sense_errno(&s), verdicts[i].code);
	}
}

static void sense_is_named_by_its_codes_else_by_its_key(void)
{
	T_STR(text(make(5, 0x21, 2)), "5/21/02 invalid address for write");
	T_STR(text(make(7, 0x27, 0)), "7/27/00 write protected");
	T_STR(text(make(0xb, 0xee, 0x11)), "B/EE/11 aborted command");
	T_STR(text(make(0, 0, 0)), "0/00/00 no sense");
}

int main(void)
{
	T_RUN(decoding_undoes_encoding);
	T_RUN(descriptor_format_is_understood);
	T_RUN(short_sense_gives_what_is_there);
	T_RUN(bytes_behind_the_told_length_are_not_sense);
	T_RUN(what_is_no_sense_data_is_invalid);
	T_RUN(any_bytes_of_any_length_are_survived);
	T_RUN(each_sense_has_its_verdict);
	T_RUN(sense_is_named_by_its_codes_else_by_its_key);
	return t_end();
}
