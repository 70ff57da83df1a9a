/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "harness/t.h"

#include "ctl/settings.h"
#include "rig_ctl.h"

#include <jansson.h>
#include <string.h>

static struct rig rig;
static struct err err;

static json_t *status(void)
{
	json_error_t where;
	json_t *value = json_loads(rig_read(&rig, "status.json"), 0, &where);

	T_MUST(value != NULL);
	return value;
}

static void has_keys(const json_t *root, const char *name, const char *const keys[])
{
	const json_t *object = name ? json_object_get(root, name) : root;
	size_t n = 0;

	for (; keys[n]; n++)
		if (!T_TRUE(json_object_get(object, keys[n]) != NULL))
			printf("  %s of %s\n", keys[n], name ? name : "the root");
	T_EQ(json_object_size(object), n);
}

static void every_key_is_there(void)
{
	json_t *v;

	rig_init(&rig);
	rig_put(&rig, "file", 10);
	T_EQ(rig_command(&rig, "load", &err), 0);
	T_EQ(rig_command(&rig, "burn wait", &err), 0);
	v = status();
	has_keys(v, NULL,
		(const char *const[]){
			"version", "recorder", "medium", "layout", "settings", "job", NULL });
	has_keys(v, "recorder",
		(const char *const[]){ "id", "vendor", "product", "revision", NULL });
	has_keys(v, "medium",
		(const char *const[]){ "type", "state", "capacity_blocks", "free_blocks",
			"sessions", "next_writable", "file", NULL });
	has_keys(v, "layout",
		(const char *const[]){ "entries", "directories", "data_blocks", "image_blocks",
			"overhead_blocks", "used_blocks", "free_blocks", "capacity_blocks",
			"references", "reference_bytes", NULL });
	T_EQ(json_object_size(json_object_get(v, "settings")), SETTING_COUNT);
	for (unsigned s = 0; s < SETTING_COUNT; s++)
		T_TRUE(json_is_string(json_object_get(
			json_object_get(v, "settings"), setting_name((enum setting)s))));
	has_keys(v, "job",
		(const char *const[]){ "id", "kind", "state", "percent", "lba", "done_blocks",
			"total_blocks", "rate_kbs", "eta_s", "file", "verified", "medium_touched",
			"outcome", "errno", "error", NULL });
	json_decref(v);
	rig_fini(&rig);
}

static void values_say_what_is(void)
{
	json_t *v, *job, *medium;

	rig_init(&rig);
	v = status();
	T_TRUE(json_is_null(json_object_get(v, "job")));
	T_STR(json_string_value(json_object_get(json_object_get(v, "medium"), "type")), "none");
	json_decref(v);
	rig_put(&rig, "file", 10);
	T_EQ(rig_command(&rig, "load", &err), 0);
	T_EQ(rig_command(&rig, "burn wait", &err), 0);
	v = status();
	job = json_object_get(v, "job");
	medium = json_object_get(v, "medium");
	T_STR(json_string_value(json_object_get(job, "state")), "done");
	T_STR(json_string_value(json_object_get(job, "kind")), "burn");
	T_EQ(json_integer_value(json_object_get(job, "percent")), 100);
	T_TRUE(json_is_true(json_object_get(job, "verified")));
	T_TRUE(json_is_null(json_object_get(job, "errno")));
	T_STR(json_string_value(json_object_get(medium, "type")), "dvd+r");
	T_STR(json_string_value(json_object_get(medium, "state")), "closed");
	T_HAS(json_string_value(json_object_get(medium, "file")), rig.dir);
	json_decref(v);
	rig_fini(&rig);
}

int main(void)
{
	T_RUN(every_key_is_there);
	T_RUN(values_say_what_is);
	return t_end();
}
