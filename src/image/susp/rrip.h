/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rock Ridge Interchange Protocol 1.12: POSIX attributes in SUSP fields. */
#ifndef DISCFS_IMAGE_SUSP_RRIP_H
#define DISCFS_IMAGE_SUSP_RRIP_H

#include "../namespace.h"
#include "susp.h"

#define RRIP_TARGET_MAX 4095u /* bytes of a symbolic link, Linux' own limit */
/* The system use fields of "." and of "..", the same in every directory. */
#define RRIP_DOT_BYTES	  (7u + 44u + 12u + SUSP_CE_BYTES)
#define RRIP_DOTDOT_BYTES (44u + 12u)
#define RRIP_LINK_BYTES	  12u /* CL, PL */

void rrip_put_px(struct susp_fields *f, const struct attributes *a);	   /* 4.1.1 */
void rrip_put_pn(struct susp_fields *f, uint64_t rdev);			   /* 4.1.2 */
void rrip_put_sl(struct susp_fields *f, const char *target, uint32_t len); /* 4.1.3 */
void rrip_put_nm(struct susp_fields *f, const char *name, uint32_t len);   /* 4.1.4 */
void rrip_put_tf(struct susp_fields *f, const struct attributes *a);	   /* 4.1.6 */

void rrip_put_re(struct susp_fields *f); /* 4.1.5.3 */

/* The fields of an entry; sizes depend on @e alone. */
void rrip_fields(
	const struct measure_entry *e, const struct attributes *a, struct susp_fields *out);
void rrip_dot_fields(const struct attributes *a, uint32_t identify_lba, struct susp_fields *out);
void rrip_dotdot_fields(const struct attributes *a, struct susp_fields *out);
/* The same where directories may hang elsewhere: with a link, or the room for one, 4.1.5. */
void rrip_linked_fields(
	const struct measure_entry *e, const struct attributes *a, struct susp_fields *out);
void rrip_linked_dotdot_fields(const struct attributes *a, struct susp_fields *out);
/* What the root's "." continues with in a sector of its own: ER; @aaip: of AAIP, too. */
void rrip_identify(bool aaip, struct susp_fields *out);

#endif
