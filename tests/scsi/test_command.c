/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scsi/command.h"

#include "harness/t.h"

static void commands_are_named_as_the_standard_does(void)
{
	char spare[16];

	T_STR(scsi_opcode_name(0x52, spare), "READ TRACK INFORMATION");
	T_STR(scsi_opcode_name(0xb6, spare), "SET STREAMING");
	T_STR(scsi_opcode_name(0xfe, spare), "command FEh");
}

int main(void)
{
	T_RUN(commands_are_named_as_the_standard_does);
	return t_end();
}
