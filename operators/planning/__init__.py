"""Planning: the plan in the chain: what each line should be booked on, what that is worth, and what can be done."""
