"""The kernel: vocabulary, records, tables, logs. Pure, and imported by everything above it."""
