"""The HTTP door: requests are checked, answered from what is known of each network, and never decided here."""
