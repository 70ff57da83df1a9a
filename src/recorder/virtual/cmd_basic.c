/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every removable device answers: readiness, identity, tray, events (SPC-3, MMC-5). */
#include "device.h"

#include "base/bytes.h"

#include <string.h>

int command_test_unit_ready(struct device *d, struct exchange *x)
{
	(void)d;
	(void)x;
	return ANSWER_GOOD;
}

/* SPC-3 6.27: what is pending is reported as data, and by that no longer pending. */
int command_request_sense(struct device *d, struct exchange *x)
{
	struct scsi_sense sense = { .valid = true };
	uint8_t out[18];

	if (x->cdb[1] & 0x01) /* 6.27 DESC */
		return ANSWER_BAD_FIELD;
	if (d->powered_on || d->attention) {
		sense.key = 0x6;
		sense.asc = d->powered_on ? 0x29 : 0x28;
		if (d->powered_on)
			d->powered_on = false;
		else
			d->attention = false;
	} else if (d->busy_polls > 0) {
		device_busy_sense(d, &sense);
	} else if (d->disc.type && d->disc.formatting == FORMATTING_RUNNING) {
		/* MMC-5 6.5.4 background: no error, only how far it is. */
		sense.asc = 0x04;
		sense.ascq = 0x04;
		sense.progress_valid = true;
		sense.progress = (uint16_t)((uint64_t)d->disc.formatted_nsec * 65536 /
					    d->disc.capacity_nsec);
	} else if (!d->disc.type) {
		sense.key = 0x2;
		sense.asc = 0x3a;
		sense.ascq = d->tray_open ? 2 : 0;
	}
	scsi_sense_encode(&sense, out);
	return device_reply(x, out, sizeof(out), x->cdb[4]);
}

int command_inquiry(struct device *d, struct exchange *x)
{
	uint8_t out[36] = { 0 };

	(void)d;
	if ((x->cdb[1] & 0x01) || x->cdb[2]) /* 6.4.1 EVPD, PAGE CODE */
		return ANSWER_BAD_FIELD;
	out[0] = 0x05;				  /* 6.4.2 CD/DVD device */
	out[1] = 0x80;				  /* 6.4.2 RMB */
	out[2] = 0x05;				  /* 6.4.2 SPC-3 */
	out[3] = 0x02;				  /* 6.4.2 RESPONSE DATA FORMAT */
	out[4] = sizeof(out) - 5;		  /* 6.4.2 ADDITIONAL LENGTH */
	memcpy(out + 8, "DISCFS  ", 8);		  /* 6.4.2 VENDOR */
	memcpy(out + 16, "VIRTUAL RECORDER", 16); /* 6.4.2 PRODUCT */
	memcpy(out + 32, "1.0 ", 4);		  /* 6.4.2 REVISION */
	return device_reply(x, out, sizeof(out), get_u16be(x->cdb + 3));
}

/* MMC-5 6.48 */
int command_start_stop(struct device *d, struct exchange *x)
{
	bool load_eject = x->cdb[4] & 0x02;
	bool start = x->cdb[4] & 0x01;

	if (x->cdb[4] >> 4) /* 6.48.2.6 POWER CONDITIONS: none to change */
		return ANSWER_GOOD;
	if (!load_eject)
		return ANSWER_GOOD;
	if (start)
		return tray_close(d, x->err);
	if (d->prevented)
		return ANSWER_LOCKED;
	return tray_open(d, x->err);
}

/* MMC-5 6.18 */
int command_prevent(struct device *d, struct exchange *x)
{
	if (x->cdb[4] & 0x02) /* 6.18.2.1 persistent prevent: feature 3 does not offer it */
		return ANSWER_BAD_FIELD;
	d->prevented = x->cdb[4] & 0x01;
	return ANSWER_GOOD;
}
