/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "harness/t.h"
#include "image/image.h"
#include "image/iso9660/names.h"
#include "image/joliet/names.h"
#include "image/naming.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MANY 100000u

static const struct image_opts defaults = { .spaces = 0 };

static size_t make_ident(const struct name_space *ns, const struct measure_entry *e, uint32_t num,
	size_t n, uint8_t *out)
{
	struct numbered who = { e, num, naming_width(n), ns };

	return ns->ident(&who, out);
}

/* The ISO identifiers of NULL-ended @names, sorted as given, separated by blanks. */
static const char *iso_names(const char *const *names, uint32_t mode)
{
	const struct name_space ns = namespace_iso9660(&defaults);
	static char text[1024];
	struct measure_entry e[16] = { 0 };
	uint32_t num[16] = { 0 }, order[16], shown;
	size_t n = 0, at = 0;

	for (; names[n]; n++)
		e[n] = (struct measure_entry){
			.name = names[n], .name_len = (uint8_t)strlen(names[n]), .mode = mode
		};
	T_EQ(naming_assign(&ns, e, n, num, order, &shown, NULL), 0);
	T_EQ(shown, n);
	for (size_t i = 0; i < n; i++) {
		uint8_t id[IDENT_MAX];
		size_t len = make_ident(&ns, &e[i], num[i], n, id);

		at += (size_t)snprintf(text + at, sizeof(text) - at, "%s%.*s", i ? " " : "",
			(int)len, (const char *)id);
	}
	return text;
}

static void names_become_level_3_identifiers(void)
{
	static const char *const names[] = { ".bashrc", "README", "a.b.tar.gz", "foo.", "x y",
		"abcdefghijklmnopqrstuvwxyzabcdefghij.text", NULL };
	static const char *const dirs[] = { "src.d", "abcdefghijklmnopqrstuvwxyzabcdefghij", NULL };

	T_STR(iso_names(names, S_IFREG), "_BASHRC.;1 README.;1 A_B_TAR.GZ;1 FOO.;1 X_Y.;1 "
					 "ABCDEFGHIJKLMNOPQRSTUVWXYZ.TEXT;1");
	T_STR(iso_names(dirs, S_IFDIR), "SRC_D ABCDEFGHIJKLMNOPQRSTUVWXYZABCDE");
}

static void the_first_of_equal_names_keeps_it(void)
{
	static const char *const names[] = { "README", "README001", "Readme", "readme", NULL };

	T_STR(iso_names(names, S_IFREG), "README.;1 README001.;1 README002.;1 README003.;1");
}

/* All identifiers differ, within their limits, and order[] sorts them. */
static void check_unique(const struct name_space *ns, const struct measure_entry *e, size_t n)
{
	uint32_t *num = calloc(n, sizeof(*num)), *order = calloc(n, sizeof(*order)), shown;
	uint8_t key[2][IDENT_MAX];
	size_t len[2] = { 0, 0 };

	T_MUST(num && order);
	T_EQ(naming_assign(ns, e, n, num, order, &shown, NULL), 0);
	T_EQ(shown, n);
	for (uint32_t k = 0; k < shown; k++) {
		struct numbered who = { &e[order[k]], num[order[k]], naming_width(n), ns };
		unsigned a = k % 2, b = 1 - a;
		size_t shorter;
		int c;

		len[a] = ns->rank(&who, key[a]);
		shorter = len[a] < len[b] ? len[a] : len[b];
		c = memcmp(key[b], key[a], shorter);
		if (k > 0 && !(c < 0 || (c == 0 && len[b] < len[a]))) {
			T_EQ(k, UINT32_MAX); /* not ascending or not unique */
			break;
		}
	}
	free(num);
	free(order);
}

static void check_both(const struct measure_entry *e)
{
	const struct name_space iso = namespace_iso9660(&defaults);
	const struct name_space joliet = namespace_joliet(&defaults);

	check_unique(&iso, e, MANY);
	check_unique(&joliet, e, MANY);
}

static void check_many(const char *format)
{
	struct measure_entry *e = calloc(MANY, sizeof(*e));
	char(*names)[64] = calloc(MANY, 64);

	T_MUST(e && names);
	for (uint32_t i = 0; i < MANY; i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		snprintf(names[i], 64, format, i);
#pragma GCC diagnostic pop
		e[i].name = names[i];
		e[i].name_len = (uint8_t)strlen(names[i]);
		e[i].mode = S_IFREG;
	}
	check_both(e);
	free(names);
	free(e);
}

static void a_hundred_thousand_names_are_told_apart(void)
{
	check_many("img%06u");
	check_many("a_name_that_is_longer_than_level_three_allows_%06u");
	check_many("n%06u_many_names_are_taken.x");
}

/* Pairs that collide, all of whose stems are cut to the same: numbers must not start anew. */
static void families_of_one_stem_share_their_numbers(void)
{
	struct measure_entry *e = calloc(MANY, sizeof(*e));
	char(*names)[40] = calloc(MANY, 40);

	T_MUST(e && names);
	for (uint32_t i = 0; i < MANY; i++) {
		snprintf(names[i], 40, "%cTHE_SAME_FOR_ALL_OF_THEM%05u", i < MANY / 2 ? 'Q' : 'q',
			i % (MANY / 2));
		e[i].name = names[i];
		e[i].name_len = (uint8_t)strlen(names[i]);
		e[i].mode = S_IFREG;
	}
	check_both(e);
	free(names);
	free(e);
}

static const char *joliet_name(const char *name, uint32_t num)
{
	static char text[256];
	struct measure_entry e = { .name = name, .name_len = (uint8_t)strlen(name) };
	const struct name_space ns = namespace_joliet(&defaults);
	struct numbered who = { &e, num, 3, &ns };
	uint8_t id[IDENT_MAX];
	size_t n = joliet_name_ident(&who, id);

	for (size_t i = 0; i < n / 2; i++)
		text[i] = id[2 * i] ? '#' : (char)id[2 * i + 1];
	text[n / 2] = '\0';
	return text;
}

static void joliet_names_hold_what_ucs2_can(void)
{
	T_STR(joliet_name("a*b/c:d;e?f\\g\x1f", 0), "a_b_c_d_e_f_g_");
	T_STR(joliet_name("\xe6\x97\xa5\xf0\x9f\x98\x80\xff.txt", 0), "#__.txt");
	T_STR(joliet_name("name.txt", 7), "name007.txt");
	T_STR(joliet_name(".hidden", 7), ".hidden007");
}

static void case_is_folded_in_the_alphabets_that_have_it(void)
{
	T_EQ(joliet_fold('A'), 'a');
	T_EQ(joliet_fold('['), '[');
	T_EQ(joliet_fold(0x00c9), 0x00e9);
	T_EQ(joliet_fold(0x00d7), 0x00d7);
	T_EQ(joliet_fold(0x0178), 0x00ff);
	T_EQ(joliet_fold(0x0391), 0x03b1);
	T_EQ(joliet_fold(0x0416), 0x0436);
	T_EQ(joliet_fold(0x0401), 0x0451);
	T_EQ(joliet_fold(0x0101), 0x0101);
	T_EQ(joliet_fold(0xff21), 0xff41);
}

int main(void)
{
	T_RUN(names_become_level_3_identifiers);
	T_RUN(the_first_of_equal_names_keeps_it);
	T_RUN(a_hundred_thousand_names_are_told_apart);
	T_RUN(families_of_one_stem_share_their_numbers);
	T_RUN(joliet_names_hold_what_ucs2_can);
	T_RUN(case_is_folded_in_the_alphabets_that_have_it);
	return t_end();
}
