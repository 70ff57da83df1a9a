/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The text beside a medium of the virtual recorder. */
#include "base/buf.h"
#include "base/err.h"
#include "fuzz.h"
#include "recorder/virtual/disc.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct disc *d = calloc(1, sizeof(*d));
	char *text = strndup((const char *)data, size);
	struct err err = { 0 };
	struct buf again;

	FUZZ_MUST(d && text);
	buf_init(&again, 2 * DISC_STATE_MAX_BYTES);
	if (disc_state_parse(d, text, &err) < 0) {
		FUZZ_MUST(err.code < 0 && err.msg[0] != '\0');
	} else {
		/* What was taken can be written, and is taken again. */
		disc_state_put(d, &again);
		free(text);
		text = strdup(buf_str(&again));
		FUZZ_MUST(text && disc_state_parse(d, text, &err) == 0);
	}
	buf_fini(&again);
	free(text);
	free(d);
	return 0;
}

/* As the recorder writes it, of each type. */
size_t fuzz_seed(unsigned i, uint8_t *out)
{
	static const char *const types[] = { "cd-r", "cd-rw", "dvd-r", "dvd-rw", "dvd-ram", "dvd+r",
		"dvd+rw", "bd-r", "bd-re" };
	char path[512], state[540];
	struct disc *d = calloc(1, sizeof(*d));
	size_t n = 0;
	FILE *f;

	FUZZ_MUST(d != NULL);
	snprintf(path, sizeof(path), "%s/%u.iso", fuzz_dir(), i);
	snprintf(state, sizeof(state), "%s.state", path);
	if (i < sizeof(types) / sizeof(types[0])) {
		remove(path);
		FUZZ_MUST(disc_create(d, path, medium_type_by_name(types[i]), NULL) == 0);
		disc_close(d);
		f = fopen(state, "re");
		FUZZ_MUST(f != NULL);
		n = fread(out, 1, FUZZ_INPUT_MAX, f);
		fclose(f);
	}
	free(d);
	return n;
}
