/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Options, project and daemon of a campaign. */
#include "campaign.h"

#include "daemon.h"
#include "model.h"
#include "view.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

void campaign_init(struct campaign *c, int argc, char **argv, const char *name)
{
	int option;

	while ((option = getopt(argc, argv, "s:n:p:")) != -1) {
		if (option == 's')
			c->seed = strtoull(optarg, NULL, 10);
		else if (option == 'n')
			c->cycles = strtol(optarg, NULL, 10);
		else if (option == 'p')
			c->preload = optarg;
		else
			exit(2);
	}
	daemon_need_fuse();
	umask(0);
	snprintf(c->base, sizeof(c->base), "/tmp/discfs-%s.XXXXXX", name);
	if (!mkdtemp(c->base))
		exit(2);
	snprintf(c->project, sizeof(c->project), "%s/project", c->base);
	snprintf(c->mnt, sizeof(c->mnt), "%s/mnt", c->base);
	mkdir(c->mnt, 0755);
}

bool campaign_start(struct campaign *c, const char *preload)
{
	c->daemon = daemon_start(c->project, c->mnt, preload);
	if (c->daemon)
		return true;
	fprintf(stderr, "discfs does not mount\n");
	c->faults++;
	return false;
}

void campaign_prove(struct campaign *c, const char *when)
{
	const char *build = getenv("DISCFS_BUILD");
	char line[1024], said[512];
	FILE *out;
	bool sound;

	snprintf(line, sizeof(line), "%s/src/cli/discctl check --project=%s 2>&1",
		build ? build : "build", c->project);
	out = popen(line, "r");
	if (!out)
		return;
	line[0] = '\0';
	while (fgets(said, sizeof(said), out)) {
		size_t used = strlen(line);

		snprintf(line + used, sizeof(line) - used, "%s", said);
	}
	sound = pclose(out) == 0;
	if (!sound)
		fprintf(stderr, "check %s:\n%s", when, line);
	c->faults += !sound;
}

void campaign_stop(struct campaign *c)
{
	if (!daemon_stop(c->daemon, c->mnt)) {
		fprintf(stderr, "discfs did not end well\n");
		c->faults++;
	}
	c->daemon = 0;
	campaign_prove(c, "after the recovery");
	c->faults += project_check(c->project) + project_forget_costs(c->project);
}

void campaign_check_space(struct campaign *c, const char *when)
{
	struct view_mount v;
	uint64_t projected = 0, image = 1;
	int r;

	view_mount_init(&v, c->mnt, "");
	r = v.view.ops->space(&v.view, &projected, &image);
	if (r == 0 && projected == image)
		return;
	fprintf(stderr, "space %s: %s, projected %llu, image %llu\n", when, strerror(-r),
		(unsigned long long)projected, (unsigned long long)image);
	c->faults++;
}

void campaign_run(struct campaign *c, bool (*cycle)(uint64_t *rng))
{
	uint64_t rng = c->seed;

	while (c->done < c->cycles && cycle(&rng))
		c->done++;
	if (!c->daemon)
		return;
	daemon_kill(c->daemon);
	daemon_detach(c->mnt);
}

int campaign_end(struct campaign *c)
{
	remove_tree(c->base);
	return c->faults > 0 || c->done < c->cycles;
}
