"""The commands of `towerctl`, one file each."""
