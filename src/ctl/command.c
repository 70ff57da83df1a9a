/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables of commands and options, and the parser that reads them. */
#include "command.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/text.h"
#include "mmc/profile.h"

#include "nearest.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const command_close_words[] = { "auto", "appendable", "disc", NULL };
const char *const command_verify_words[] = { "full", "quick", "none", NULL };

const char *const command_on_error_words[] = { "abort", "skip", NULL };

/* In the order of enum mmc_spare. */
static const char *const spare_words[] = { "default", "none", "max", NULL };

/* How an option takes its value; @value is NULL for a word without "=". */
struct option;
typedef int option_take_fn(
	const struct option *o, const char *value, struct command *c, struct err *err);

struct option {
	const char *name;  /* before "=", or the whole word */
	const char *usage; /* as help shows it */
	option_take_fn *take;
	const char *const *words;
	bool positional;
	bool required;
	bool later; /* of the contract, not of this version */
};

static option_take_fn take_flag, take_choice, take_speed, take_medium, take_path, take_dst;

static const struct option options[OPTION_COUNT] = {
	[OPTION_CLOSE] = { "close", "close=auto|appendable|disc", take_choice,
		command_close_words },
	[OPTION_SPEED] = { "speed", "speed=max|8x|KBS", take_speed },
	[OPTION_VERIFY] = { "verify", "verify=full|quick|none", take_choice, command_verify_words },
	[OPTION_SIMULATE] = { "simulate", "simulate", take_flag },
	[OPTION_EJECT] = { "eject", "eject", take_flag },
	[OPTION_WAIT] = { "wait", "wait", take_flag },
	[OPTION_MEDIUM] = { "medium", "medium=TYPE", take_medium },
	[OPTION_FILE] = { "file", "file=PATH", take_path },
	[OPTION_PATH] = { "PATH", "PATH", take_path, .positional = true, .required = true },
	[OPTION_CONTENT] = { "content", "content", take_flag },
	[OPTION_SRC] = { "SRC", "SRC", take_path, .positional = true, .required = true },
	[OPTION_DST] = { "DST", "DST", take_dst, .positional = true },
	[OPTION_ON_ERROR] = { "on-error", "on-error=abort|skip", take_choice,
		command_on_error_words },
	[OPTION_OVERWRITE] = { "overwrite", "overwrite", take_flag },
	[OPTION_QUICK] = { "quick", "quick", take_flag },
	[OPTION_FULL] = { "full", "full", take_flag },
	[OPTION_SPARE] = { "spare", "spare=default|none|max", take_choice, spare_words },
	[OPTION_CERTIFY] = { "certify", .later = true },
	[OPTION_JOB] = { "job", .later = true },
	[OPTION_COPIES] = { "copies", .later = true },
	[OPTION_RECORDERS] = { "recorders", .later = true },
};

#define VERB_OPTIONS 10u

struct verb {
	const char *name;
	const char *does;
	unsigned nopt;
	enum command_option opt[VERB_OPTIONS];
};

static const struct verb verbs[COMMAND_VERBS] = {
	[COMMAND_BURN] = { "burn", "write the layout to the medium as a job", 9,
		{ OPTION_CLOSE, OPTION_SPEED, OPTION_VERIFY, OPTION_SIMULATE, OPTION_EJECT,
			OPTION_WAIT, OPTION_OVERWRITE, OPTION_COPIES, OPTION_RECORDERS } },
	[COMMAND_ERASE] = { "erase", "make a rewritable medium empty as a job", 3,
		{ OPTION_QUICK, OPTION_FULL, OPTION_WAIT } },
	[COMMAND_FORMAT] = { "format", "format the medium, with spare areas where it has them", 3,
		{ OPTION_SPARE, OPTION_WAIT, OPTION_CERTIFY } },
	[COMMAND_CLOSE] = { "close", "finalise an appendable disc without adding to it", 2,
		{ OPTION_EJECT, OPTION_WAIT } },
	[COMMAND_VERIFY] = { "verify", "compare the last session with the layout", 2,
		{ OPTION_WAIT, OPTION_JOB } },
	[COMMAND_IMAGE] = { "image", "save the image to a regular file as a job", 3,
		{ OPTION_PATH, OPTION_VERIFY, OPTION_WAIT } },
	[COMMAND_CANCEL] = { "cancel", "end the running job" },
	[COMMAND_LOAD] = { "load", "put a medium into the recorder", 2,
		{ OPTION_MEDIUM, OPTION_FILE } },
	[COMMAND_EJECT] = { "eject", "put the medium out" },
	[COMMAND_CLEAR] = { "clear", "remove all that is staged" },
	[COMMAND_CHECK] = { "check",
		"prove catalog, store and projection; the findings are in check", 1,
		{ OPTION_CONTENT } },
	[COMMAND_COPY] = { "copy", "copy a tree into the layout as a job, faster than cp", 4,
		{ OPTION_SRC, OPTION_DST, OPTION_ON_ERROR, OPTION_WAIT } },
	[COMMAND_ADD] = { "add", "put a tree into the layout by reference, copying nothing", 4,
		{ OPTION_SRC, OPTION_DST, OPTION_ON_ERROR, OPTION_WAIT } },
};

/* Commands of the contract that this version has not got. */
static const char *const later_verbs[] = { "burn-image", "burn-audio", "burn-raw", "select",
	"import", "snapshot", "rollback", "drop-snapshot", "resume", "defaults", "lock", "unlock",
	NULL };

int command_word_index(const char *const words[], const char *word)
{
	for (int i = 0; words[i]; i++)
		if (strcmp(words[i], word) == 0)
			return i;
	return -1;
}

static int take_flag(const struct option *o, const char *value, struct command *c, struct err *err)
{
	(void)c;
	if (value)
		return err_set(err, -EINVAL, "\"%s\" takes no value", o->name);
	return 0;
}

static int want_value(const struct option *o, const char *value, struct err *err)
{
	if (value && *value)
		return 0;
	return err_set(err, -EINVAL, "\"%s\" wants a value: %s", o->name, o->usage);
}

static int bad_value(const struct option *o, const char *value, struct err *err)
{
	char shown[96];

	return err_set(err, -EINVAL, "%s=\"%s\" cannot be; wanted %s", o->name,
		text_quoted(shown, sizeof(shown), value, strlen(value)), o->usage);
}

static int take_choice(
	const struct option *o, const char *value, struct command *c, struct err *err)
{
	int i, r = want_value(o, value, err);

	if (r < 0)
		return r;
	i = command_word_index(o->words, value);
	if (i < 0)
		return bad_value(o, value, err);
	c->choice[o - options] = (unsigned)i;
	return 0;
}

/* "8x" or "2.4x": tenths of the medium's single speed; false for anything else. */
static bool parse_times(const char *value, uint32_t *out_tenths)
{
	size_t n = strlen(value);
	char whole[8];
	uint64_t tenths, last = 0;

	if (n < 2 || n > sizeof(whole) - 1 || value[n - 1] != 'x')
		return false;
	memcpy(whole, value, n - 1);
	whole[n - 1] = '\0';
	if (n > 3 && whole[n - 3] == '.') {
		if (!text_u64(whole + n - 2, &last))
			return false;
		whole[n - 3] = '\0';
	}
	if (!text_u64(whole, &tenths))
		return false;
	tenths = tenths * 10 + last;
	if (tenths == 0 || tenths > 10000)
		return false;
	*out_tenths = (uint32_t)tenths;
	return true;
}

static int take_speed(const struct option *o, const char *value, struct command *c, struct err *err)
{
	uint64_t kbs;
	int r = want_value(o, value, err);

	if (r < 0)
		return r;
	if (strcmp(value, "max") == 0 || parse_times(value, &c->speed_tenths))
		return 0;
	if (!text_u64(value, &kbs) || kbs == 0 || kbs > 1000000)
		return bad_value(o, value, err);
	c->speed_kbs = (uint32_t)kbs;
	return 0;
}

static int take_medium(
	const struct option *o, const char *value, struct command *c, struct err *err)
{
	char shown[96];
	struct nearest near;
	int r = want_value(o, value, err);

	if (r < 0)
		return r;
	c->medium = mmc_profile_by_type(value);
	if (c->medium)
		return 0;
	near = nearest_to(value);
	for (unsigned i = 0; mmc_profile_at(i); i++)
		if (mmc_profile_at(i)->type)
			nearest_try(&near, mmc_profile_at(i)->type);
	text_quoted(shown, sizeof(shown), value, strlen(value));
	if (near.best)
		return err_set(err, -EINVAL, "unknown medium \"%s\"; did you mean \"%s\"?", shown,
			near.best);
	return err_set(
		err, -EINVAL, "unknown medium \"%s\"; known are cd-r, dvd+rw, bd-re ...", shown);
}

static int take_path(const struct option *o, const char *value, struct command *c, struct err *err)
{
	char shown[160];
	int r = want_value(o, value, err);

	if (r < 0)
		return r;
	if (value[0] != '/')
		return err_set(err, -EINVAL,
			"the path \"%s\" is relative; write it from the root, as /home/me/x.iso",
			text_quoted(shown, sizeof(shown), value, strlen(value)));
	/* A word is never longer than its line. */
	snprintf(c->path, sizeof(c->path), "%s", value);
	return 0;
}

static int take_dst(const struct option *o, const char *value, struct command *c, struct err *err)
{
	(void)o;
	(void)err;
	snprintf(c->dst, sizeof(c->dst), "%s", value);
	return 0;
}

/* Whether @word is option @o: "name" or "name=...". */
static bool names_option(const struct option *o, const char *word)
{
	size_t n = strlen(o->name);

	return !o->positional && strncmp(word, o->name, n) == 0 &&
	       (word[n] == '\0' || word[n] == '=');
}

/* The option of @v that @word gives, OPTION_COUNT when none. */
static enum command_option find_option(
	const struct verb *v, const struct command *c, const char *word)
{
	for (unsigned i = 0; i < v->nopt; i++)
		if (names_option(&options[v->opt[i]], word))
			return v->opt[i];
	for (unsigned i = 0; i < v->nopt; i++) {
		const struct option *o = &options[v->opt[i]];

		/* What looks like an option is no relative path: rather a slip of the pen. */
		if (o->positional && !c->given[v->opt[i]])
			return word[0] != '/' && strchr(word, '=') ? OPTION_COUNT : v->opt[i];
	}
	return OPTION_COUNT;
}

static int unknown_option(const struct verb *v, const char *word, struct err *err)
{
	char bare[32], shown[96];
	struct nearest near;

	snprintf(bare, sizeof(bare), "%.*s", (int)strcspn(word, "="), word);
	text_quoted(shown, sizeof(shown), word, strlen(word));
	near = nearest_to(bare);
	for (unsigned i = 0; i < v->nopt; i++)
		nearest_try(&near, options[v->opt[i]].name);
	if (near.best)
		return err_set(err, -EINVAL, "%s: unknown word \"%s\"; did you mean \"%s\"?",
			v->name, shown, near.best);
	return err_set(err, -EINVAL, "%s: unknown word \"%s\"; see .discfs/help", v->name, shown);
}

static int take_option(const struct verb *v, const char *word, struct command *c, struct err *err)
{
	enum command_option id = find_option(v, c, word);
	const struct option *o;
	const char *value;
	int r;

	if (id == OPTION_COUNT)
		return unknown_option(v, word, err);
	o = &options[id];
	if (o->later)
		return err_set(
			err, -EOPNOTSUPP, "%s: \"%s\" is not in this version", v->name, o->name);
	if (c->given[id])
		return err_set(err, -EINVAL, "%s: \"%s\" is given twice", v->name, o->name);
	value = strchr(word, '=');
	value = o->positional ? word : value ? value + 1 : NULL;
	r = o->take(o, value, c, err);
	if (r < 0)
		return err_prefix(err, r, "%s", v->name);
	c->given[id] = true;
	return 0;
}

static int unknown_verb(const char *word, struct err *err)
{
	char shown[96];
	struct nearest near = nearest_to(word);

	text_quoted(shown, sizeof(shown), word, strlen(word));
	for (unsigned i = 0; i < COMMAND_VERBS; i++)
		if (verbs[i].name)
			nearest_try(&near, verbs[i].name);
	if (near.best)
		return err_set(err, -EINVAL, "unknown command \"%s\"; did you mean \"%s\"?", shown,
			near.best);
	return err_set(err, -EINVAL, "unknown command \"%s\"; see .discfs/help", shown);
}

static int find_verb(const char *word, enum command_verb *out, struct err *err)
{
	for (unsigned i = 0; i < COMMAND_VERBS; i++) {
		if (verbs[i].name && strcmp(verbs[i].name, word) == 0) {
			*out = (enum command_verb)i;
			return 0;
		}
	}
	if (command_word_index(later_verbs, word) >= 0)
		return err_set(err, -EOPNOTSUPP,
			"\"%s\" is not in this version; .discfs/help lists what is", word);
	return unknown_verb(word, err);
}

int command_parse(const char *line, size_t n, struct command *out, struct err *err)
{
	struct words w;
	const struct verb *v;
	int r = words_split(line, n, &w, err);

	memset(out, 0, sizeof(*out));
	if (r < 0 || w.n == 0)
		return r;
	r = find_verb(words_at(&w, 0), &out->verb, err);
	if (r < 0)
		return r;
	v = &verbs[out->verb];
	for (unsigned i = 1; i < w.n; i++) {
		r = take_option(v, words_at(&w, i), out, err);
		if (r < 0)
			return r;
	}
	for (unsigned i = 0; i < v->nopt; i++)
		if (options[v->opt[i]].required && !out->given[v->opt[i]])
			return err_set(err, -EINVAL, "%s: %s is missing", v->name,
				options[v->opt[i]].name);
	return 0;
}

static bool begins_verb(const char *word)
{
	size_t n = strlen(word);

	for (unsigned i = 0; i < COMMAND_VERBS; i++)
		if (verbs[i].name && strncmp(verbs[i].name, word, n) == 0)
			return true;
	for (unsigned i = 0; later_verbs[i]; i++)
		if (strncmp(later_verbs[i], word, n) == 0)
			return true;
	return false;
}

static bool begins_option(const struct verb *v, const char *word)
{
	size_t n = strcspn(word, "=");

	for (unsigned i = 0; i < v->nopt; i++) {
		const struct option *o = &options[v->opt[i]];

		/* DST may be relative to the root of the layout. */
		if (o->positional ? word[0] == '/' || !o->required : strncmp(o->name, word, n) == 0)
			return true;
	}
	return false;
}

/* The complete words of @w are a command's, and the last one, if it is not, begins one of them. */
static bool words_may_become(const struct words *w, bool last_complete, struct command *spare)
{
	unsigned ncomplete = w->n - !last_complete;
	const struct verb *v;

	if (ncomplete == 0)
		return begins_verb(words_at(w, 0));
	if (find_verb(words_at(w, 0), &spare->verb, NULL) < 0)
		return false;
	v = &verbs[spare->verb];
	for (unsigned i = 1; i < ncomplete; i++)
		if (take_option(v, words_at(w, i), spare, NULL) < 0)
			return false;
	return last_complete || begins_option(v, words_at(w, w->n - 1));
}

bool command_may_become(const char *text, size_t n)
{
	struct command *spare;
	struct words w;
	bool may;

	/* Quoting may hide any word: left to the parser once the line is complete. */
	if (n == 0 || memchr(text, '"', n) || memchr(text, '\\', n))
		return true;
	if (words_split(text, n, &w, NULL) < 0)
		return false;
	/* After a comment has begun nothing can change. */
	if (w.n == 0 || memchr(text, '#', n))
		return true;
	spare = calloc(1, sizeof(*spare));
	may = !spare || words_may_become(&w, text[n - 1] == ' ' || text[n - 1] == '\t', spare);
	free(spare);
	return may;
}

void command_help(struct buf *out)
{
	for (unsigned i = 0; i < COMMAND_VERBS; i++) {
		const struct verb *v = &verbs[i];

		if (!v->name)
			continue;
		buf_printf(out, "  %s", v->name);
		for (unsigned k = 0; k < v->nopt; k++) {
			const struct option *o = &options[v->opt[k]];

			if (!o->later)
				buf_printf(out, o->required ? " %s" : " [%s]", o->usage);
		}
		buf_printf(out, "\n      %s\n", v->does);
	}
}
