/* SPDX-License-Identifier: GPL-3.0-or-later */
/* user.discfs.lba, .blocks, .name.* and .sha256: what an image that is made now says of a file. */
#include "state.h"

#include "base/buf.h"
#include "base/err.h"
#include "image/image.h"
#include "image/survey.h"
#include "stage/digest.h"
#include "stage/stage.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define DIGEST_FACT "user.discfs.sha256"

static const char *const space_names[IMAGE_NAMES] = { "user.discfs.name.iso9660",
	"user.discfs.name.joliet", "user.discfs.name.rockridge", "user.discfs.name.udf" };

static int tell_name(const struct image *img, uint32_t node, const char *name,
	char out[static CTL_FACT_SIZE], struct err *err)
{
	struct image_name all[IMAGE_NAMES];
	unsigned i = 0;

	while (i < IMAGE_NAMES && strcmp(space_names[i], name) != 0)
		i++;
	if (node == 0 || i == IMAGE_NAMES)
		return err_set(err, -ENODATA, "there is no %s", name);
	image_names(img, node, all);
	if (!all[i].shown)
		return err_set(err, -ENODATA, "the file is not in that name space");
	return snprintf(out, CTL_FACT_SIZE, "%s", all[i].text);
}

static int tell(const struct image *img, uint32_t node, const char *name,
	char out[static CTL_FACT_SIZE], struct err *err)
{
	bool lba = strcmp(name, "user.discfs.lba") == 0;
	uint64_t nsec;
	uint32_t at;

	if (!lba && strcmp(name, "user.discfs.blocks") != 0)
		return tell_name(img, node, name, out, err);
	if (!image_content_of(img, node, &at, &nsec))
		return err_set(err, -ENODATA, "the file takes no blocks of its own");
	return snprintf(out, CTL_FACT_SIZE, "%" PRIu64, lba ? at : nsec);
}

bool ctl_knows_fact(const char *name)
{
	for (unsigned i = 0; i < IMAGE_NAMES; i++)
		if (strcmp(space_names[i], name) == 0)
			return true;
	return strcmp(name, DIGEST_FACT) == 0 || strcmp(name, "user.discfs.lba") == 0 ||
	       strcmp(name, "user.discfs.blocks") == 0;
}

static int tell_digest(struct ctl *c, uint64_t ino, char out[static CTL_FACT_SIZE], struct err *err)
{
	struct digest digest;
	int r = stage_digest(c->stage, ino, &digest, err);

	_Static_assert(CTL_FACT_SIZE > DIGEST_TEXT, "a digest fits");
	if (r < 0)
		return r;
	digest_text(&digest, out);
	return DIGEST_TEXT;
}

int ctl_fact(struct ctl *c, uint64_t ino, const char *name, char out[static CTL_FACT_SIZE],
	struct err *err)
{
	const struct image *img;
	struct buf path;
	uint32_t node;
	int r;

	if (strcmp(name, DIGEST_FACT) == 0)
		return tell_digest(c, ino, out, err);
	buf_init(&path, 1u << 20);
	r = stage_path(c->stage, ino, &path, err);
	if (r == 0)
		r = standing_get(c, &img, err);
	if (r == 0) {
		node = image_find(img, buf_str(&path));
		r = node == UINT32_MAX
			    ? err_set(err, -ESTALE, "it was renamed meanwhile; ask again")
			    : tell(img, node, name, out, err);
		standing_put(c);
	}
	buf_fini(&path);
	return r;
}
