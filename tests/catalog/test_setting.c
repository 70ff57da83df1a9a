/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Settings. */
#include "catalog/rig_catalog.h"
#include "harness/t.h"

#include <errno.h>

static void a_setting_is_kept_replaced_and_cleared(void)
{
	char text[32];
	struct rig rig;

	rig_init(&rig);
	T_EQ(catalog_setting_get(rig.c, "volume_id", text, sizeof(text), &rig.err), -ENOENT);
	T_HAS(rig.err.msg, "volume_id");
	T_EQ(catalog_setting_set(rig.c, "volume_id", "OLD", &rig.err), 0);
	T_EQ(catalog_setting_set(rig.c, "volume_id", "J\xc3\xbcrgen's \xff", &rig.err), 0);
	T_EQ(catalog_setting_set(rig.c, "other", "", &rig.err), 0);
	rig_reopen(&rig);
	T_EQ(catalog_setting_get(rig.c, "volume_id", text, sizeof(text), &rig.err), 0);
	T_STR(text, "J\xc3\xbcrgen's \xff");
	T_EQ(catalog_setting_get(rig.c, "other", text, sizeof(text), &rig.err), 0);
	T_STR(text, "");
	T_EQ(catalog_setting_clear(rig.c, "volume_id", &rig.err), 0);
	T_EQ(catalog_setting_clear(rig.c, "volume_id", &rig.err), 0);
	T_EQ(catalog_setting_get(rig.c, "volume_id", text, sizeof(text), &rig.err), -ENOENT);
	rig_fini(&rig);
}

static void a_value_longer_than_the_room_is_not_cut(void)
{
	char text[5] = "asis";
	struct rig rig;

	rig_init(&rig);
	T_EQ(catalog_setting_set(rig.c, "a", "12345", &rig.err), 0);
	T_EQ(catalog_setting_get(rig.c, "a", text, sizeof(text), &rig.err), -ERANGE);
	T_STR(text, "asis");
	T_EQ(catalog_setting_get(rig.c, "a", text, 0, &rig.err), -ERANGE);
	T_EQ(catalog_setting_set(rig.c, "a", "1234", &rig.err), 0);
	T_EQ(catalog_setting_get(rig.c, "a", text, sizeof(text), &rig.err), 0);
	T_STR(text, "1234");
	rig_fini(&rig);
}

int main(void)
{
	T_RUN(a_setting_is_kept_replaced_and_cleared);
	T_RUN(a_value_longer_than_the_room_is_not_cut);
	return t_end();
}
