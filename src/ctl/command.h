/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands as values: one line of text in, one struct out, nothing touched. */
#ifndef DISCFS_CTL_COMMAND_H
#define DISCFS_CTL_COMMAND_H

#include "words.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct err;
struct mmc_profile;

enum command_verb {
	COMMAND_NOTHING, /* an empty line or a comment */
	COMMAND_BURN,
	COMMAND_ERASE,
	COMMAND_FORMAT,
	COMMAND_CLOSE,
	COMMAND_VERIFY,
	COMMAND_IMAGE,
	COMMAND_CANCEL,
	COMMAND_LOAD,
	COMMAND_EJECT,
	COMMAND_CLEAR,
	COMMAND_CHECK,
	COMMAND_COPY,
	COMMAND_ADD,
	COMMAND_VERBS,
};

enum command_option {
	OPTION_CLOSE,
	OPTION_SPEED,
	OPTION_VERIFY,
	OPTION_SIMULATE,
	OPTION_EJECT,
	OPTION_WAIT,
	OPTION_MEDIUM,
	OPTION_FILE,
	OPTION_PATH,
	OPTION_CONTENT,
	OPTION_SRC,
	OPTION_DST,
	OPTION_ON_ERROR,
	OPTION_OVERWRITE,
	OPTION_QUICK,
	OPTION_FULL,
	OPTION_SPARE,
	OPTION_CERTIFY,
	OPTION_JOB,
	OPTION_COPIES,
	OPTION_RECORDERS,
	OPTION_COUNT,
};

struct command {
	enum command_verb verb;
	bool given[OPTION_COUNT];
	unsigned choice[OPTION_COUNT];	  /* index into the option's words: see command_words */
	uint32_t speed_kbs;		  /* 0 unless speed=N */
	uint32_t speed_tenths;		  /* of 1x; 0 unless speed=Nx */
	const struct mmc_profile *medium; /* static row; NULL unless medium= */
	char path[WORDS_LINE_MAX + 1];	  /* absolute; of PATH, SRC or file= */
	char dst[WORDS_LINE_MAX + 1];	  /* in the layout; "" unless given */
};

/*
 * @line has no newline. -EINVAL for what is no command (the sentence names the word and what was
 * probably meant), -EOPNOTSUPP for a command or option that this version has not got.
 */
int command_parse(const char *line, size_t n, struct command *out, struct err *err);

/*
 * Whether the unfinished line @text may still become a command: its words so far are legal, or
 * the last one begins a legal word. Values are not looked at before their word is complete.
 */
bool command_may_become(const char *text, size_t n);

/*
 * The words of close=, verify= and on-error=, NULL-terminated, in the order of the enums of
 * burn/burner.h and intake/intake.h.
 */
extern const char *const command_close_words[];
extern const char *const command_verify_words[];
extern const char *const command_on_error_words[];

/* Index of @word in the NULL-terminated @words, or -1. */
int command_word_index(const char *const words[], const char *word);

/* One line for each command that works: usage and what it does. */
void command_help(struct buf *out);

#endif
