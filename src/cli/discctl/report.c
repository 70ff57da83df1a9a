/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A sentence for people, or one JSON object for scripts. */
#include "report.h"

#include "base/err.h"
#include "command.h"
#include "follow.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void report_json(
	const struct follow_result *res, const char *reply, int r, const struct err *err)
{
	json_t *o = json_object();

	json_object_set_new(o, "ok", json_boolean(r == 0));
	if (res && res->job) {
		json_object_set_new(o, "job", json_integer((json_int_t)res->job));
		json_object_set_new(o, "state", json_string(res->state));
		json_object_set_new(o, "outcome", json_string(res->outcome));
	} else if (r == 0) {
		json_object_set_new(o, "reply", json_stringn_nocheck(reply, strcspn(reply, "\n")));
	}
	if (r < 0) {
		json_object_set_new(o, "errno", json_string(err_name(r)));
		json_object_set_new(o, "error", json_string(err->msg));
	}
	json_dumpf(o, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(o);
}

int report(const struct discctl *d, const struct follow_result *res, const char *reply, int r,
	const struct err *err)
{
	if (d->json)
		report_json(res, reply, r, err);
	else if (r < 0)
		fprintf(stderr, "discctl: %s: %s\n", d->words[0], err->msg);
	else if (res && res->job)
		printf("%s: %s\n", d->words[0], *res->outcome ? res->outcome : "done");
	else if (strcspn(reply, "\n"))
		printf("%.*s\n", (int)strcspn(reply, "\n"), reply);
	return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
