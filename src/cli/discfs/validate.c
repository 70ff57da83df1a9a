/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checks an image, or a disc in a drive, against the standards. */
#include "validate.h"

#include "options.h"

#include "base/err.h"
#include "base/file.h"
#include "base/sector.h"
#include "image/validate.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* As fsck(8) has it: what may be used all the same, what may not, what nobody can tell. */
enum validate_exit {
	VALIDATE_CLEAN = 0,
	VALIDATE_WARNINGS = 1,
	VALIDATE_ERRORS = 4,
	VALIDATE_FAILED = 8,
};

#define JSON_FINDINGS_MAX 100000u

struct image_file {
	int fd;
	const char *path;
};

static int read_file(void *arg, uint32_t lba, uint32_t nsec, void *out, struct err *err)
{
	const struct image_file *f = arg;
	int r = file_pread_full(f->fd, out, (size_t)nsec * SECTOR, (uint64_t)lba * SECTOR);

	return r < 0 ? err_sys(err, -r, "%s", f->path) : 0;
}

static int open_file(struct image_file *f, struct sector_source *src, struct err *err)
{
	off_t end;

	f->fd = open(f->path, O_RDONLY | O_CLOEXEC);
	if (f->fd < 0)
		return err_sys(err, errno, "%s", f->path);
	end = lseek(f->fd, 0, SEEK_END);
	if (end < 0)
		return err_sys(err, errno, "%s: its size", f->path);
	if (end / SECTOR > UINT32_MAX)
		return err_set(err, -EFBIG, "%s has more than 2^32 sectors", f->path);
	*src = (struct sector_source){
		.read = read_file, .arg = f, .nsec = (uint32_t)((uint64_t)end / SECTOR)
	};
	return 0;
}

static const char *severity_name(enum finding_severity severity)
{
	static const char *const names[] = {
		[FINDING_NOTE] = "note", [FINDING_WARNING] = "warning", [FINDING_ERROR] = "error"
	};

	return names[severity];
}

static void print_text(void *arg, const struct finding *f)
{
	(void)arg;
	printf("%s: %s: sector %" PRIu32 ", byte %" PRIu32 ": %s: %s: expected %s, found %s\n",
		severity_name(f->severity), f->clause, f->lba, f->byte, f->where, f->what,
		f->expected, f->found);
}

static void keep_json(void *arg, const struct finding *f)
{
	json_t *all = arg;

	if (json_array_size(all) >= JSON_FINDINGS_MAX)
		return;
	json_array_append_new(
		all, json_pack("{s:s, s:s, s:I, s:I, s:s, s:s, s:s, s:s}", "severity",
			     severity_name(f->severity), "clause", f->clause, "sector",
			     (json_int_t)f->lba, "byte", (json_int_t)f->byte, "where", f->where,
			     "what", f->what, "expected", f->expected, "found", f->found));
}

#define SPACES_MAX 8u

/* "ISO 9660", "UDF 1.02": what there is; how many. */
static unsigned spaces_of(const struct validate_summary *s, char out[SPACES_MAX][16])
{
	const struct {
		bool there;
		const char *name;
	} spaces[SPACES_MAX] = { { s->iso9660, "ISO 9660" }, { s->rockridge, "Rock Ridge" },
		{ s->joliet, "Joliet" }, { s->enhanced, "level 4" }, { s->eltorito, "El Torito" },
		{ s->mbr, "MBR" }, { s->gpt, "GPT" }, { s->udf, "UDF" } };
	unsigned n = 0;

	for (unsigned i = 0; i < SPACES_MAX; i++)
		if (spaces[i].there)
			snprintf(out[n++], sizeof(out[0]), "%s", spaces[i].name);
	if (s->udf_revision && n > 0)
		snprintf(out[n - 1], sizeof(out[0]), "UDF %x.%02x", s->udf_revision >> 8 & 0xf,
			s->udf_revision & 0xff);
	return n;
}

static void print_spaces(const struct validate_summary *s)
{
	char spaces[SPACES_MAX][16];
	unsigned n = spaces_of(s, spaces);

	for (unsigned i = 0; i < n; i++)
		printf("%s%s", i ? " + " : "", spaces[i]);
}

static json_t *json_spaces(const struct validate_summary *s)
{
	char spaces[SPACES_MAX][16];
	unsigned n = spaces_of(s, spaces);
	json_t *all = json_array();

	for (unsigned i = 0; i < n; i++)
		json_array_append_new(all, json_string(spaces[i]));
	return all;
}

static void end_text(const char *path, const struct validate_summary *s)
{
	printf("%s: ", path);
	print_spaces(s);
	printf(", %" PRIu64 " directories, %" PRIu64 " names: %" PRIu64 " errors, %" PRIu64
	       " warnings, %" PRIu64 " notes\n",
		s->directories, s->names, s->errors, s->warnings, s->notes);
}

static void end_json(json_t *findings, const struct validate_summary *s, const struct err *err)
{
	json_t *o = json_pack("{s:b, s:o, s:o, s:I, s:I, s:I, s:I, s:I}", "ok",
		err->code == 0 && s->errors + s->warnings == 0, "findings", findings, "spaces",
		json_spaces(s), "errors", (json_int_t)s->errors, "warnings",
		(json_int_t)s->warnings, "notes", (json_int_t)s->notes, "directories",
		(json_int_t)s->directories, "names", (json_int_t)s->names);

	if (err->code < 0) {
		json_object_set_new(o, "errno", json_string(err_name(err->code)));
		json_object_set_new(o, "error", json_string(err->msg));
	}
	json_dumpf(o, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(o);
}

static int exit_status(int r, const struct validate_summary *s)
{
	if (r < 0 || fflush(stdout) != 0)
		return VALIDATE_FAILED;
	if (s->errors > 0)
		return VALIDATE_ERRORS;
	return s->warnings > 0 ? VALIDATE_WARNINGS : VALIDATE_CLEAN;
}

int validate_image(const struct options *o)
{
	struct image_file f = { .fd = -1, .path = o->validate };
	json_t *findings = json_array();
	struct validate_summary sum = { 0 };
	struct sector_source src;
	struct err err = { 0 };
	int r = open_file(&f, &src, &err);

	if (r == 0)
		r = image_validate(&src, 0, o->json ? keep_json : print_text, findings, &sum, &err);
	if (o->json)
		end_json(findings, &sum, &err);
	else if (r < 0)
		fprintf(stderr, "discfs: %s cannot be checked: %s\n", f.path, err.msg);
	else
		end_text(f.path, &sum);
	if (!o->json)
		json_decref(findings);
	if (f.fd >= 0)
		close(f.fd);
	return exit_status(r, &sum);
}
