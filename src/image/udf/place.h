/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reserves the sectors of a UDF volume: steps of format.h, for an image and for its projection. */
#ifndef DISCFS_IMAGE_UDF_PLACE_H
#define DISCFS_IMAGE_UDF_PLACE_H

struct image;
struct plan;
struct err;

int udf_place_recognition(struct image *img, struct err *err);
int udf_place_fixed(struct image *img, struct err *err);
int udf_place_tail(struct image *img, struct err *err);

#endif
