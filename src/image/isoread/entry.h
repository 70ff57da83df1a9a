/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One entry of a directory as a name space shows it. */
#ifndef DISCFS_IMAGE_ISOREAD_ENTRY_H
#define DISCFS_IMAGE_ISOREAD_ENTRY_H

#include "image/reader.h"
#include "isoread/rripread.h"
#include "isoread/suspread.h"
#include "iso9660/dirrec.h"

#define ENTRY_NAME_MAX 400u /* an identifier has at most 221 bytes: 110 units, three bytes each */

/* How records are to be read. */
struct entry_rules {
	enum reader_space space;
	uint8_t susp_skip; /* SUSP 5.3 LEN_SKP: bytes before the system use fields */
	struct susp_reader susp;
};

struct entry {
	char name[ENTRY_NAME_MAX];
	size_t name_len;
	struct rrip_facts facts; /* the inode is whole in all name spaces */
	bool is_dir;
};

/* What a record that is neither "." nor ".." says; its extent is not looked at. */
int entry_of(struct entry_rules *rules, const struct iso_dirrec *rec, struct entry *out,
	struct err *err);
/* What Rock Ridge says in "."; nothing in the other name spaces. */
int entry_facts(struct entry_rules *rules, const struct iso_dirrec *rec, struct rrip_facts *out,
	struct err *err);

/* UCS-2 of @n bytes, an even number, for people and programs; the count of bytes. */
size_t entry_joliet_utf8(const uint8_t *id, size_t n, char out[static ENTRY_NAME_MAX]);

/* Whether the root's "." begins a use of SUSP, and its LEN_SKP. */
bool entry_susp_begins(const struct iso_dirrec *dot, uint8_t *skip);

#endif
