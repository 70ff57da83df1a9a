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
	if (d->attention) {
		d->attention = false;
		sense.key = 0x6;
		sense.asc = 0x28;
	} else if (d->busy_polls > 0) {
		device_busy_sense(d, &sense);
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

/* MMC-5 6.7: polled, class media only; an event is told once. */
int command_event_status(struct device *d, struct exchange *x)
{
	uint8_t out[8] = { 0 };
	bool asked = x->cdb[4] & 0x10;

	if (!(x->cdb[1] & 0x01)) /* 6.7.2.1 asynchronous operation */
		return ANSWER_BAD_FIELD;
	put_u16be(out, asked ? 6 : 2); /* 6.7.3.2 EVENT DATA LENGTH */
	out[2] = asked ? 0x04 : 0x80;  /* 6.7.3.2 NEA, NOTIFICATION CLASS */
	out[3] = 0x10;		       /* 6.7.3.2 SUPPORTED EVENT CLASSES */
	out[4] = (uint8_t)d->event;    /* 6.7.3.6 */
	out[5] = (uint8_t)((d->disc.type ? 2 : 0) | (d->tray_open ? 1 : 0)); /* 6.7.3.6 */
	if (asked && get_u16be(x->cdb + 7) >= sizeof(out) && x->cmd->data_bytes >= sizeof(out))
		d->event = EVENT_NONE;
	return device_reply(x, out, asked ? 8 : 4, get_u16be(x->cdb + 7));
}
