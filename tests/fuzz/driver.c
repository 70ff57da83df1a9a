/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * main without libFuzzer: driver [-n CHANGES] [FILE|DIR...]. Runs every seed, every file, and
 * CHANGES random changes of each seed, always the same ones. An input on which the target ends the
 * process is shown in hex.
 */
#include "fuzz.h"

#include <dirent.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static uint8_t input[FUZZ_INPUT_MAX];
static size_t input_n;
static unsigned long runs;

/* Of the sanitizers, where they are. */
void __sanitizer_set_death_callback(void (*fn)(void)) __attribute__((weak));

static void show_input(void)
{
	char hex[3];

	(void)!write(STDERR_FILENO, "on the input ", 13);
	for (size_t i = 0; i < input_n; i++) {
		snprintf(hex, sizeof(hex), "%02x", input[i]);
		(void)!write(STDERR_FILENO, hex, 2);
	}
	(void)!write(STDERR_FILENO, "\n", 1);
}

static void died(int sig)
{
	show_input();
	signal(sig, SIG_DFL);
	raise(sig);
}

static uint64_t state;

static uint32_t draw(uint32_t below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)((state >> 16) % below);
}

static void run(void)
{
	/* Of the exact length: a sanitizer sees a byte beyond. */
	uint8_t *copy = malloc(input_n ? input_n : 1);

	FUZZ_MUST(copy != NULL);
	memcpy(copy, input, input_n);
	LLVMFuzzerTestOneInput(copy, input_n);
	free(copy);
	runs++;
}

static void change(void)
{
	static const uint8_t edges[] = { 0, 1, 2, 0x7f, 0x80, 0xfe, 0xff };
	size_t at = draw((uint32_t)input_n);

	switch (draw(5)) {
	case 0:
		input[at] ^= (uint8_t)(1u << draw(8));
		break;
	case 1:
		input[at] = edges[draw(sizeof(edges))];
		break;
	case 2:
		input[at] = (uint8_t)draw(256);
		break;
	case 3: /* cut */
		input_n = at + 1;
		break;
	default: /* a piece again, or more at the end */
		if (input_n + 16 < FUZZ_INPUT_MAX) {
			memmove(input + at + 8, input + at, input_n - at);
			input_n += 8;
		}
	}
}

static void run_file(const char *path)
{
	struct stat st;
	FILE *f;

	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
		DIR *d = opendir(path);
		char below[4096];

		FUZZ_MUST(d != NULL);
		for (struct dirent *e; (e = readdir(d)) != NULL;) {
			snprintf(below, sizeof(below), "%s/%s", path, e->d_name);
			if (e->d_name[0] != '.')
				run_file(below);
		}
		closedir(d);
		return;
	}
	f = fopen(path, "re");
	if (!f)
		return;
	input_n = fread(input, 1, sizeof(input), f);
	fclose(f);
	run();
}

static void run_seeds(unsigned changes)
{
	uint8_t seed[FUZZ_INPUT_MAX];

	for (unsigned i = 0; (input_n = fuzz_seed(i, seed)) > 0; i++) {
		const size_t n = input_n;

		memcpy(input, seed, n);
		run();
		for (unsigned k = 0; k < changes; k++) {
			state = (i + 1) * 0x9e3779b97f4a7c15u + k;
			memcpy(input, seed, n);
			input_n = n;
			for (uint32_t more = draw(6) + 1; more > 0; more--)
				change();
			run();
		}
	}
}

int main(int argc, char **argv)
{
	unsigned changes = 0;
	int first = 1;

	if (argc > 2 && strcmp(argv[1], "-n") == 0) {
		changes = (unsigned)strtoul(argv[2], NULL, 10);
		first = 3;
	}
	LLVMFuzzerInitialize(&argc, &argv);
	if (__sanitizer_set_death_callback)
		__sanitizer_set_death_callback(show_input);
	signal(SIGABRT, died);
	for (int i = first; i < argc; i++)
		run_file(argv[i]);
	run_seeds(changes);
	printf("%lu inputs\n", runs);
	return runs == 0;
}
