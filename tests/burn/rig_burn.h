/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A burner over the virtual recorder, with an image made of numbers and hooks on commands. */
#ifndef DISCFS_TESTS_BURN_RIG_BURN_H
#define DISCFS_TESTS_BURN_RIG_BURN_H

#include "burn/burner.h"
#include "recorder/layers.h"
#include "recorder/virtual.h"

/*
 * image/image.h as the burner sees it: sector i holds bytes that only sector i has; sectors
 * below 32 are tables, then every 100 sectors are a file. Sectors from @unreadable_from on fail.
 */
struct image *rig_image(uint32_t nsec, uint32_t unreadable_from);
void rig_image_sector(uint32_t lba, uint8_t out[static 2048]);
/* Images that were made and not freed. */
int rig_images_alive(void);

struct rig;
/* Called on the recorder's thread before (@r 1) and after (@r what exec returned) a command. */
typedef void rig_hook_fn(struct rig *rig, struct scsi_cmd *cmd, int r);

struct rig {
	char dir[96]; /* removed by rig_close */
	struct transport *virt;
	struct transport *fault;
	struct burner *burner; /* NULL: it could not be made; why is in err */
	struct err err;
	rig_hook_fn *hook;
	uint32_t seen[256]; /* commands by opcode */
	uint64_t now_ms;
	struct clock clock;
	struct job *job; /* of the last rig_burn */
	/* What the events told, in order; the recorder's thread alone until it was joined. */
	enum job_state states[64];
	unsigned nstates, nmedia;
	uint8_t percent; /* the highest seen */
	bool fell;	 /* a percent was below an earlier one */
};

/* Puts a blank @type in, then makes the burner; @plan may be NULL. */
void rig_open(struct rig *rig, const char *type, const struct fault_plan *plan);
void rig_close(struct rig *rig);
/* A fresh blank medium; by hand, on the recorder's thread. */
int rig_load(struct rig *rig, const char *type);
/* Burns a rig_image of @nsec; 0 or burner_burn's refusal. The job is rig->job. */
int rig_start(struct rig *rig, uint32_t nsec, const struct burn_request *req);
/* Waits for the end of rig->job. */
void rig_wait(struct rig *rig, struct job_status *out);
/* Both; a refusal is put into @out as FAILED. */
void rig_burn(
	struct rig *rig, uint32_t nsec, const struct burn_request *req, struct job_status *out);
/* The same for a deed without a burn; @image may be NULL. */
void rig_care(struct rig *rig, struct image *image, const struct burn_request *req,
	struct job_status *out);
/* Whether the medium's file begins with the image; or has it at @lba. */
bool rig_medium_equals(struct rig *rig, uint32_t nsec);
bool rig_medium_has(struct rig *rig, uint32_t lba, uint32_t nsec);

#endif
