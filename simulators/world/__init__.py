"""The world answers back: endogenous events from the plan in force."""
