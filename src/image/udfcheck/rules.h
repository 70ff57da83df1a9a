/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fields of ECMA-167 and UDF descriptors, as tables of what they have to be. */
#ifndef DISCFS_IMAGE_UDFCHECK_RULES_H
#define DISCFS_IMAGE_UDFCHECK_RULES_H

#include "udf/tag.h"
#include "validate/report.h"

#include <stdbool.h>

enum rule_kind {
	RULE_ZERO,     /* reserved, or nothing to say */
	RULE_NUMBER,   /* of n bytes, low first; least to most */
	RULE_CHARSPEC, /* UDF 2.1.2 */
	RULE_DSTRING,  /* UDF 2.1.3 */
	RULE_TIME,     /* 1/7.3, UDF 2.1.4 */
	RULE_DOMAIN,   /* UDF 2.1.5.3: identifier with the domain's suffix */
	RULE_UDF_ID,   /* id, with UDF's suffix */
	RULE_MAKER,    /* any implementation's identifier */
	RULE_MAKER_OR_NONE,
};

struct rule {
	const char *clause, *what;
	uint16_t at, n;
	enum rule_kind kind;
	uint32_t least, most;
	const char *id;
};

/* @revision: 0x0250, for the suffixes of identifiers. @base: where the descriptor begins. */
void check_rules(struct report *r, const struct place *in, const uint8_t *base, unsigned revision,
	const struct rule *rules, size_t n);
/* One that is not in a table; @rule.at is from @base on. */
void check_rule(struct report *r, const struct place *in, const uint8_t *base, unsigned revision,
	const struct rule *rule);

/*
 * The tag of a descriptor whose fields take @used bytes, of which @room are left; true where it is
 * the one wanted and whole, so that its fields mean something.
 */
struct tag_wanted {
	enum udf_tag_id id;
	uint32_t location;
	size_t used, room;
	unsigned version; /* 0: any */
};
bool check_tag(
	struct report *r, const struct place *in, const uint8_t *p, const struct tag_wanted *want);

/* 1/7.4: the identifier is @id (NULL: any of a maker's). */
void check_entity(struct report *r, const struct place *in, const struct field *f, const char *id);

#endif
