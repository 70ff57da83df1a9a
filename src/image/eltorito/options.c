/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The attributes of boot files: words and numbers, each checked on its own. */
#include "image/boot.h"

#include "base/err.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct word {
	const char *text;
	uint32_t value;
};

static const struct word platforms[] = {
	{ "bios", BOOT_BIOS },
	{ "x86", BOOT_BIOS },
	{ "powerpc", BOOT_POWERPC },
	{ "ppc", BOOT_POWERPC },
	{ "mac", BOOT_MAC },
	{ "efi", BOOT_EFI },
	{ "uefi", BOOT_EFI },
	{ "mbr", BOOT_MBR },
	{ NULL, 0 },
};

static const struct word medias[] = {
	{ "auto", BOOT_MEDIA_AUTO },
	{ "none", BOOT_NO_EMULATION },
	{ "1.2", BOOT_FLOPPY_1200 },
	{ "1.44", BOOT_FLOPPY_1440 },
	{ "2.88", BOOT_FLOPPY_2880 },
	{ "floppy-1.2", BOOT_FLOPPY_1200 },
	{ "floppy-1.44", BOOT_FLOPPY_1440 },
	{ "floppy-2.88", BOOT_FLOPPY_2880 },
	{ "hard-disk", BOOT_HARD_DISK },
	{ "harddisk", BOOT_HARD_DISK },
	{ "hdd", BOOT_HARD_DISK },
	{ NULL, 0 },
};

static const struct word patches[] = {
	{ "off", BOOT_PATCH_NONE },
	{ "0", BOOT_PATCH_NONE },
	{ "no", BOOT_PATCH_NONE },
	{ "on", BOOT_PATCH_INFO_TABLE },
	{ "1", BOOT_PATCH_INFO_TABLE },
	{ "yes", BOOT_PATCH_INFO_TABLE },
	{ "grub2", BOOT_PATCH_GRUB2 },
	{ NULL, 0 },
};

/* Whether @text is one of @words, or a number up to @max; "0x" makes it hexadecimal. */
static bool read_value(const struct word *words, const char *text, uint32_t max, uint32_t *out)
{
	char *end;
	unsigned long v;

	for (; words && words->text; words++)
		if (strcmp(words->text, text) == 0) {
			*out = words->value;
			return true;
		}
	if (*text < '0' || *text > '9')
		return false;
	v = strtoul(text, &end, text[0] == '0' && (text[1] | 0x20) == 'x' ? 16 : 10);
	if (*end || v > max)
		return false;
	*out = (uint32_t)v;
	return true;
}

static int set_platform(struct boot_options *o, const char *value)
{
	return read_value(platforms, value, 255, &o->platform) ? 0 : -EINVAL;
}

static int set_emulation(struct boot_options *o, const char *value)
{
	uint32_t v;

	if (!read_value(medias, value, BOOT_HARD_DISK, &v))
		return -EINVAL;
	o->media = (enum boot_media)v;
	return 0;
}

static int set_id(struct boot_options *o, const char *value)
{
	size_t n = strlen(value);

	if (n > BOOT_ID_MAX)
		return -ERANGE;
	memcpy(o->id, value, n + 1);
	return 0;
}

static int set_sectors(struct boot_options *o, const char *value)
{
	static const struct word automatic[] = { { "auto", BOOT_SECTORS_AUTO }, { NULL, 0 } };

	return read_value(automatic, value, UINT16_MAX, &o->load_sectors) ? 0 : -EINVAL;
}

static int set_segment(struct boot_options *o, const char *value)
{
	uint32_t v;

	if (!read_value(NULL, value, UINT16_MAX, &v))
		return -EINVAL;
	o->load_segment = (uint16_t)v;
	return 0;
}

static int set_patch(struct boot_options *o, const char *value)
{
	uint32_t v;

	if (!read_value(patches, value, 0, &v))
		return -EINVAL;
	o->patch = (enum boot_patch)v;
	return 0;
}

static const struct option {
	const char *name;
	int (*set)(struct boot_options *o, const char *value);
	const char *legal;
} options[] = {
	{ "platform", set_platform, "bios, powerpc, mac, efi, mbr or a number from 0 to 255" },
	{ "emulation", set_emulation, "auto, none, 1.2, 1.44, 2.88 or hard-disk" },
	{ "id", set_id, "a text of up to 24 bytes" },
	{ "load_sectors", set_sectors, "auto or a number from 0 to 65535" },
	{ "load_segment", set_segment, "a number from 0 (meaning 0x7c0) to 0xffff" },
	{ "info_table", set_patch, "on, off or grub2" },
};

#define NOPTION (sizeof(options) / sizeof(options[0]))

struct boot_options boot_options_default(void)
{
	return (struct boot_options){
		.platform = BOOT_BIOS,
		.media = BOOT_MEDIA_AUTO,
		.load_sectors = BOOT_SECTORS_AUTO,
	};
}

static int no_option(const char *name, struct err *err)
{
	char shown[96];

	return err_set(err, -EINVAL,
		"there is no attribute " BOOT_XATTR "%s; there are platform, emulation, id, "
		"load_sectors, load_segment and info_table",
		text_quoted(shown, sizeof(shown), name, strlen(name)));
}

int boot_options_set(
	struct boot_options *o, const char *name, const char *value, size_t n, struct err *err)
{
	const struct option *option = options;
	char text[64], shown[96];
	int r = -EINVAL;

	while (option < options + NOPTION && strcmp(option->name, name) != 0)
		option++;
	if (option == options + NOPTION)
		return no_option(name, err);
	/* A value from a C program may come with its NUL. */
	if (n > 0 && value[n - 1] == '\0')
		n--;
	if (n < sizeof(text) && !memchr(value, '\0', n)) {
		memcpy(text, value, n);
		text[n] = '\0';
		r = option->set(o, text);
	} else if (n >= sizeof(text) && option->set == set_id) {
		r = -ERANGE;
	}
	if (r == 0)
		return 0;
	return err_set(err, r, BOOT_XATTR "%s cannot be \"%s\"; wanted %s", name,
		text_quoted(shown, sizeof(shown), value, n), option->legal);
}

int boot_check_catalog(const char *path, struct err *err)
{
	size_t n = strlen(path);

	if (n > 0 && path[n - 1] == '/')
		return err_set(err, -EINVAL, "the boot catalog is a file; leave the last / out");
	return 0;
}

const char *boot_platform_name(uint32_t platform, char out[static 16])
{
	static const struct word names[] = {
		{ "BIOS", BOOT_BIOS },
		{ "PowerPC", BOOT_POWERPC },
		{ "Mac", BOOT_MAC },
		{ "UEFI", BOOT_EFI },
		{ "MBR", BOOT_MBR },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].value == platform)
			return names[i].text;
	snprintf(out, 16, "platform %#x", (unsigned)platform & 0xff);
	return out;
}

const char *boot_media_name(enum boot_media media)
{
	static const char *const names[] = {
		[BOOT_NO_EMULATION] = "no emulation",
		[BOOT_FLOPPY_1200] = "1.2 MB floppy",
		[BOOT_FLOPPY_1440] = "1.44 MB floppy",
		[BOOT_FLOPPY_2880] = "2.88 MB floppy",
		[BOOT_HARD_DISK] = "hard disk",
		[BOOT_MEDIA_AUTO] = "automatic",
	};

	return names[media];
}
