/* SPDX-License-Identifier: GPL-3.0-or-later */
/* GET EVENT STATUS NOTIFICATION (MMC-5 6.7): polled; an event is told once. */
#include "device.h"

#include "base/bytes.h"

/* Classes by number, MMC-5 table 104; the lowest that was asked for and is there is told. */
enum event_class { CLASS_OPERATION = 1, CLASS_MEDIA = 4, CLASS_BUSY = 6 };

#define CLASSES (1u << CLASS_OPERATION | 1u << CLASS_MEDIA | 1u << CLASS_BUSY)

static bool event_pending(const struct device *d, enum event_class c)
{
	switch (c) {
	case CLASS_OPERATION:
		return d->changed_operation;
	case CLASS_MEDIA:
		return d->event != EVENT_NONE;
	case CLASS_BUSY:
		return d->busy_polls > 0;
	}
	return false;
}

/* The first that has an event, else the first that was asked for; 0: none that exists. */
static unsigned choose_class(const struct device *d, unsigned asked)
{
	static const enum event_class order[] = { CLASS_OPERATION, CLASS_MEDIA, CLASS_BUSY };
	unsigned first = 0;

	for (unsigned i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		if (!(asked & 1u << order[i]))
			continue;
		if (event_pending(d, order[i]))
			return order[i];
		if (!first)
			first = order[i];
	}
	return first;
}

static void put_event(const struct device *d, unsigned c, uint8_t out[static 4])
{
	if (c == CLASS_OPERATION) {
		out[0] = d->changed_operation ? 2 : 0; /* 6.7.3.3 feature change */
		out[3] = d->changed_operation ? 2 : 0;
	} else if (c == CLASS_MEDIA) {
		out[0] = (uint8_t)d->event; /* 6.7.3.6 */
		out[1] = (uint8_t)((d->disc.type ? 2 : 0) | (d->tray_open ? 1 : 0));
	} else {
		out[0] = d->busy_polls ? 1 : 0; /* 6.7.3.8 change of the time */
		out[1] = d->busy_polls ? 1 : 0;
		put_u16be(out + 2, (uint16_t)d->busy_polls);
	}
}

static void forget_event(struct device *d, unsigned c)
{
	if (c == CLASS_OPERATION)
		d->changed_operation = false;
	if (c == CLASS_MEDIA)
		d->event = EVENT_NONE;
}

int command_event_status(struct device *d, struct exchange *x)
{
	uint8_t out[8] = { 0 };
	unsigned c = choose_class(d, x->cdb[4]);

	if (!(x->cdb[1] & 0x01)) /* 6.7.2.1 asynchronous operation */
		return ANSWER_BAD_FIELD;
	put_u16be(out, c ? 6 : 2);	/* 6.7.3.2 EVENT DATA LENGTH */
	out[2] = c ? (uint8_t)c : 0x80; /* 6.7.3.2 NEA, NOTIFICATION CLASS */
	out[3] = (uint8_t)CLASSES;	/* 6.7.3.2 SUPPORTED EVENT CLASSES */
	if (c)
		put_event(d, c, out + 4);
	if (c && get_u16be(x->cdb + 7) >= sizeof(out) && x->cmd->data_bytes >= sizeof(out))
		forget_event(d, c);
	return device_reply(x, out, c ? 8 : 4, get_u16be(x->cdb + 7));
}
