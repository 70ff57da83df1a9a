/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What lies where on an image, and what its files are called there. */
#ifndef DISCFS_IMAGE_SURVEY_H
#define DISCFS_IMAGE_SURVEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct image;
struct buf;

enum image_extent_kind { EXTENT_TABLE, EXTENT_DIRECTORY, EXTENT_FILE, EXTENT_UNUSED };

struct image_extent {
	enum image_extent_kind kind;
	uint32_t lba, nsec;  /* on the medium */
	uint64_t size_bytes; /* of them in use */
	const char *what;    /* static text: "path table L", "directories", "content" */
	uint32_t node;	     /* of a file (its first name) or a directory */
	const char *boot;    /* of a table: the name of its file in boot/, or NULL */
};

/* Zeroed it is at the start of the image. */
struct image_cursor {
	size_t segment;
	uint32_t item;
};

/* The next extent, ascending by lba; they cover the image. False at its end. */
bool image_extent_next(const struct image *img, struct image_cursor *at, struct image_extent *out);
/* Appends "lba blocks bytes path" and a newline, parted by tabs, the path quoted. */
void image_extent_row(const struct image *img, const struct image_extent *e, struct buf *out);
/* The file or directory at the top of the tree that @node is or is in; 0 for the root. */
uint32_t image_top_of(const struct image *img, uint32_t node);
/* Appends the path of @node, bytes as they are. */
void image_path(const struct image *img, uint32_t node, struct buf *out);

/* A name in one name space. */
struct image_name {
	bool shown;   /* it has one there */
	bool changed; /* characters were replaced */
	bool cut;
	bool numbered; /* to be unique in its directory */
	char text[1024];
};

#define IMAGE_NAMES 4u /* ISO 9660, Joliet, Rock Ridge, UDF */
uint32_t image_nodes(const struct image *img);
/* The names of @node, from 1. */
void image_names(const struct image *img, uint32_t node, struct image_name out[static IMAGE_NAMES]);
/* Appends path, the names, and what happened to them; one line, parted by tabs. */
void image_names_row(const struct image *img, uint32_t node, struct buf *out);

/* The node at "/a/b"; UINT32_MAX if there is none. */
uint32_t image_find(const struct image *img, const char *path);
/* Where the content of @node lies; false without content. */
bool image_content_of(const struct image *img, uint32_t node, uint32_t *lba, uint64_t *nsec);

/*
 * Appends a line for each thing that some name space does not hold as it was staged: how many
 * files, and the paths of the first. Reads the whole tree.
 */
void image_describe_losses(const struct image *img, struct buf *out);

#endif
