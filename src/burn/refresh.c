/* SPDX-License-Identifier: GPL-3.0-or-later */
/* After a burn: what the kernel knew of a blank disc is not true any more. */
#include "refresh.h"

#include "mmc/mmc.h"
#include "scsi/transport.h"

#include <errno.h>

#define READY_WINDOW_MS 60000u

int refresh_machine(struct mmc_drive *d, uint64_t nsec)
{
	struct transport *t = mmc_transport(d);
	int r = transport_refresh(t, nsec);

	if (r != -ESTALE)
		return r;
	/* The kernel believes in a change only when it has seen the disc gone. */
	if (mmc_eject(d, NULL) < 0)
		return -ESTALE;
	transport_refresh(t, nsec);
	if (mmc_load(d, NULL) < 0 || mmc_wait_ready(d, READY_WINDOW_MS, NULL) < 0)
		return -ESTALE;
	return transport_refresh(t, nsec);
}
