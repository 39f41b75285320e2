"""Pure decisions of the room: rights, sign-in limits, what particulars must look like."""
