"""Sources: what each of a scenario's senders says, as blocks of events."""
