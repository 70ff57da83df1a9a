/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines written to control, values written to settings, names in attributes. */
#include "base/buf.h"
#include "base/err.h"
#include "base/text.h"
#include "ctl/command.h"
#include "ctl/settings.h"
#include "ctl/words.h"
#include "fuzz.h"
#include "image/boot.h"
#include "image/image.h"

#include <string.h>

static void check_words(const struct words *words)
{
	FUZZ_MUST(words->n <= WORDS_MAX);
	for (unsigned i = 0; i < words->n; i++) {
		const char *word = words_at(words, i);

		FUZZ_MUST(word < words->text + sizeof(words->text));
		FUZZ_MUST(utf8_valid(word, strlen(word)));
	}
}

static void parse(const char *line, size_t n)
{
	static struct words words;
	static struct command command;
	struct err err = { 0 };

	if (words_split(line, n, &words, &err) == 0)
		check_words(&words);
	else
		FUZZ_MUST(err.msg[0] != '\0');
	err = (struct err){ 0 };
	if (command_parse(line, n, &command, &err) == 0) {
		FUZZ_MUST(command.verb < COMMAND_VERBS);
		FUZZ_MUST(command_may_become(line, n));
	} else {
		FUZZ_MUST(err.msg[0] != '\0' && utf8_valid(err.msg, strlen(err.msg)));
	}
}

static void quote(const char *line, size_t n)
{
	struct buf out;

	buf_init(&out, 1u << 20);
	text_quote(&out, line, n);
	FUZZ_MUST(utf8_valid(buf_str(&out), out.len) && !strchr(buf_str(&out), '\n'));
	buf_fini(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_bytes b = { data, size };
	struct boot_options boot = boot_options_default();
	struct image_opts opts;
	uint8_t which = fuzz_u8(&b), *p;
	char *text;
	size_t n;

	p = fuzz_rest(&b, &n);
	parse((const char *)p, n);
	quote((const char *)p, n);
	text = strndup((const char *)p, n);
	FUZZ_MUST(text != NULL);
	setting_check((enum setting)(which % SETTING_COUNT), text, NULL);
	image_check_volume_id(text, NULL);
	image_check_text(text, NULL);
	image_check_file(text, NULL);
	image_opts_of_key(text, &opts);
	boot_check_catalog(text, NULL);
	for (unsigned i = 0; i < 6; i++) {
		static const char *const names[] = { "platform", "emulation", "id", "load_sectors",
			"load_segment", "info_table" };

		boot_options_set(&boot, names[i], (const char *)p, n, NULL);
	}
	free(text);
	free(p);
	return 0;
}

size_t fuzz_seed(unsigned i, uint8_t *out)
{
	static const char *const lines[] = { "\0burn speed=8x verify=full close=disc wait",
		"\1image \"/tmp/a b.iso\" wait", "\2load medium=bd-re file=/x\\ y",
		"\3add /src /dst on-error=skip", "\4burn simulate eject overwrite # why",
		"\5copy \"\\\"\xc3\xa9\" dir", "\6auto",
		"\7"
		"2.50",
		"\10iso9660,joliet,rockridge,udf", "\11check content", "\12efi",
		"\13"
		"0x7c0",
		"\14"
		"boot/boot.cat" };

	if (i >= sizeof(lines) / sizeof(lines[0]))
		return 0;
	out[0] = (uint8_t)i;
	memcpy(out + 1, lines[i] + 1, strlen(lines[i] + 1));
	return 1 + strlen(lines[i] + 1);
}
